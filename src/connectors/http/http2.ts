/** HTTP/2 over sockets that we dialled ourselves: TLS with ALPN, or clear text with prior knowledge. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectSession,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Exchange, Failure, Headers } from '../../exchange.ts'
import type { Connection, ConnectionEvents } from '../connector.ts'
import { type Dialling, dial, type prepareTls } from '../dial.ts'
import type { DnsOptions } from '../dns.ts'
import { classify } from '../failures.ts'
import type { HttpRequest } from './transport.ts'

export interface Http2Options {
  readonly dns: DnsOptions
  readonly unixSocket: string | undefined
  readonly tls: () => ReturnType<typeof prepareTls>
  readonly events: ConnectionEvents
  /** Streams that may be open on one connection at a time. */
  readonly streams: number
}

/** Names of RST_STREAM and GOAWAY codes, for messages. */
const CODE_NAMES = new Map(
  Object.entries(constants)
    .flatMap(([name, value]) =>
      name.startsWith('NGHTTP2_') && typeof value === 'number' ? [[value, name.slice(8)] as const] : [],
    )
    .filter(([, name]) => !name.includes('FLAG') && !name.includes('SETTINGS_') && !name.includes('DEFAULT')),
)

/** Connection headers of HTTP/1.1 that HTTP/2 forbids. */
const FORBIDDEN = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te'])

interface Waiting {
  readonly request: HttpRequest
  readonly exchange: Exchange
}

/** One connection: the session on it, and who waits for it to be ready. */
class Channel {
  readonly origin: string
  active = 0
  /** No new streams: the peer said so, or it is over. */
  closing = false
  private readonly options: Http2Options
  private session: ClientHttp2Session | undefined
  /** We ended it, and have said so. */
  private ours = false
  private dialling: Dialling | undefined
  private waiting: Waiting[] = []
  private readonly streams = new Map<Exchange, ClientHttp2Stream>()

  constructor(url: URL, options: Http2Options) {
    this.origin = url.origin
    this.options = options
    const { dns, unixSocket, tls } = options
    const secure = url.protocol === 'https:'
    const plan = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || (secure ? 443 : 80)),
      dns,
      unixSocket,
      tls: secure ? { ...tls(), ALPNProtocols: ['h2'] } : undefined,
    }
    this.dialling = dial(plan, {
      connected: (socket, times) => {
        this.dialling = undefined
        if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
          socket.destroy()
          this.abandon({ class: 'tls_protocol', phase: 'tls', message: 'the server does not offer HTTP/2 (no h2 in ALPN)' })
          return
        }
        options.events.opened(times)
        this.start(socket)
        for (const { exchange } of this.waiting) exchange.connected(times)
        for (const { request, exchange } of this.waiting.splice(0)) this.open(request, exchange)
      },
      failed: (failure) => this.abandon(failure),
    })
  }

  send(request: HttpRequest, exchange: Exchange): void {
    this.active += 1
    if (this.session) {
      exchange.reused = true
      this.open(request, exchange)
    } else this.waiting.push({ request, exchange })
  }

  cancel(exchange: Exchange): void {
    const stream = this.streams.get(exchange)
    if (stream) stream.close(constants.NGHTTP2_CANCEL)
    else this.forget(exchange)
  }

  destroy(): void {
    if (this.session && !this.session.destroyed) {
      this.ours = true
      this.options.events.closed()
    }
    this.closing = true
    this.dialling?.destroy()
    this.session?.destroy()
  }

  private start(socket: Socket): void {
    const session = connectSession(this.origin, { createConnection: () => socket })
    this.session = session
    socket.setNoDelay(true)
    session.on('goaway', () => {
      this.closing = true
      if (this.streams.size === 0) session.close()
    })
    session.on('error', (error) => {
      const failure = classify(error, 'stream')
      for (const exchange of this.streams.keys()) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    })
    session.on('close', () => {
      const lost = this.streams.size > 0
      this.closing = true
      for (const exchange of [...this.streams.keys()])
        exchange.fail('reset', 'stream', 'the HTTP/2 session ended under the request')
      if (this.ours) return
      if (lost) this.options.events.lost('reset')
      else this.options.events.closed()
    })
  }

  private open({ method, url, headers, body }: HttpRequest, exchange: Exchange): void {
    const { session } = this
    if (!session || session.closed || session.destroyed) {
      exchange.fail('reset', 'send', 'the HTTP/2 session ended before the request')
      this.forget(exchange)
      return
    }
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !FORBIDDEN.has(name)))
    const head = {
      ':method': method,
      ':path': url.pathname + url.search,
      ':scheme': url.protocol.slice(0, -1),
      ':authority': url.host,
      ...own,
    }
    const stream = session.request(body ? { ...head, 'content-length': body.byteLength } : head, {
      endStream: body === undefined,
    })
    this.streams.set(exchange, stream)
    this.listen(stream, exchange)
    // HPACK makes the head smaller than its text; only the body is counted.
    exchange.sent(body?.byteLength ?? 0)
    if (body) stream.end(body)
  }

  private listen(stream: ClientHttp2Stream, exchange: Exchange): void {
    let ended = false
    stream.on('response', (headers) => exchange.head(Number(headers[':status']), plain(headers)))
    stream.on('data', (chunk: Buffer) => exchange.data(chunk))
    stream.on('end', () => {
      ended = true
    })
    stream.on('error', () => {
      // `close` follows, and knows the code.
    })
    // A destroyed session also gives `end`, without an error: only END_STREAM with code 0 is a whole reply.
    stream.on('close', () => {
      this.streams.delete(exchange)
      this.forget(exchange)
      const whole = ended && stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted && stream.readableEnded
      if (whole) exchange.done()
      else this.failStream(stream, exchange)
      if (this.closing && this.streams.size === 0) this.session?.close()
    })
  }

  private failStream(stream: ClientHttp2Stream, exchange: Exchange): void {
    const name = CODE_NAMES.get(stream.rstCode ?? 0) ?? String(stream.rstCode)
    const phase = Number.isNaN(exchange.firstByteAt) ? 'headers' : 'stream'
    exchange.fail('reset', phase, `the stream was reset: ${name}`, `RST_${name}`)
  }

  private forget(_exchange: Exchange): void {
    this.active -= 1
  }

  private abandon(failure: Failure): void {
    this.closing = true
    this.options.events.openFailed(failure.class)
    for (const { exchange } of this.waiting.splice(0)) exchange.fail(failure.class, failure.phase, failure.message, failure.code)
    this.active = 0
  }
}

/** Connections that one user, or all users together, keep to their targets. */
export class Http2Pool {
  private readonly channels = new Set<Channel>()
  private readonly options: Http2Options

  constructor(options: Http2Options) {
    this.options = options
  }

  /** A connection of that origin with room for a stream; a new one when there is none. */
  take(url: URL): Channel {
    for (const channel of this.channels) {
      if (channel.closing) {
        if (channel.active <= 0) this.channels.delete(channel)
      } else if (channel.origin === url.origin && channel.active < this.options.streams) return channel
    }
    const channel = new Channel(url, this.options)
    this.channels.add(channel)
    return channel
  }

  close(): void {
    for (const channel of this.channels) channel.destroy()
    this.channels.clear()
  }
}

/** One user's line: its own pool, or a share of the common one. */
export class Http2Connection implements Connection<HttpRequest> {
  private readonly pool: Http2Pool
  private readonly leave: () => void
  private readonly channels = new Map<Exchange, Channel>()

  /** `leave` is called once, when this user is over. */
  constructor(pool: Http2Pool, leave: () => void) {
    this.pool = pool
    this.leave = leave
  }

  send(request: HttpRequest, exchange: Exchange): void {
    if (request.problem !== undefined) {
      exchange.fail('local_request', 'send', request.problem)
      return
    }
    const channel = this.pool.take(request.url)
    this.channels.clear()
    this.channels.set(exchange, channel)
    channel.send(request, exchange)
  }

  cancel(exchange: Exchange): void {
    this.channels.get(exchange)?.cancel(exchange)
    this.channels.delete(exchange)
  }

  close(): void {
    this.leave()
  }
}

function plain(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): Headers {
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
}
