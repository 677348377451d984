import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectSession, constants } from 'node:http2'
import type { Socket } from 'node:net'
import type { Failure, WireCauses } from '../../../exchange.ts'
import { endSocket, wireFaultsOf } from '../../wire/dial.ts'
import { isSocketError } from '../../wire/failures.ts'
import { DROPPED } from '../../wire/relay.ts'
import { SessionHold } from '../../wire/session-hold.ts'
import type { HttpRequest } from '../transport.ts'
import { type CallRefusal, failCall, type Http2Call } from './call.ts'
import { CallStream, type CallStreamOwner } from './call-stream.ts'
import { connectionFailure, givenUp, phaseOf, said, streamFailure } from './failures.ts'

/** The callbacks with which an open HTTP/2 connection reports to its owner. */
interface LinkOwner {
  /** Called once, when the server's SETTINGS have come and requests may be sent. */
  greeted(): void
  /** Called once, when the server accepts no more requests. */
  goaway(): void
  /** Called when the connection was lost, before the exchanges in flight fail. */
  lost(failureClass: string, inFlight: number): void
  /** Called when the connection ended in good order, or because burn ended it. */
  closed(): void
  /** Called when the server has not processed a request, which may therefore be sent again elsewhere. */
  givenBack(call: Http2Call, refusal: CallRefusal): void
  /** Called when the socket is closed, always after `lost` or `closed`. */
  gone(): void
}

/** Headers of HTTP/1.1 connections that HTTP/2 forbids. */
const FORBIDDEN = new Set([
  'connection',
  'keep-alive',
  'host',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'http2-settings',
  'te',
])

/** The limits for the headers of a reply, beyond which Node's HTTP/2 library resets the stream. The library's own default is 128 headers. */
const MAX_HEADERS = 2000
const MAX_HEADER_BYTES = 256 * 1024

/**
 * One established HTTP/2 connection with its streams, each of which carries one request. Its states:
 * | state | what ends it → the next state |
 * | --- | --- |
 * | greeting: no SETTINGS came yet | SETTINGS → open; the end of the socket, or `close` → gone |
 * | open | GOAWAY(NO_ERROR) → leaving; another GOAWAY, the end of the socket, or `close` → gone |
 * | leaving: what is in flight finishes | the last stream, the end of the socket, or `close` → gone |
 * | gone | never |
 */
export class Http2Link implements CallStreamOwner {
  /** Streams whose exchange has no outcome yet. */
  private readonly streams = new Map<Http2Call, CallStream>()
  /** Streams that are still open although their exchange has its outcome. */
  private readonly rests = new Map<Http2Call, CallStream>()
  private readonly socket: Socket
  /** Kinds of the injected faults that have acted on the socket; undefined without a relay. */
  private readonly wireFaults: WireCauses | undefined
  private readonly session: ClientHttp2Session
  private readonly hold: SessionHold
  private readonly owner: LinkOwner
  /** Number of streams that the server allows at a time. */
  private peerStreams = Number.POSITIVE_INFINITY
  private goawayCode: number | undefined
  /** Number of headers and body pieces received so far. `keptAt` stores this number for each request that is sent on a reused connection. */
  private deliveries = 0
  private readonly keptAt = new WeakMap<Http2Call, number>()
  private lastError: unknown
  private ours = false
  private reported = false
  private isGreeted = false
  private isOver = false

  /** `streams` is the largest number of streams that burn will have open at a time. */
  constructor(socket: Socket, origin: string, streams: number, owner: LinkOwner) {
    this.socket = socket
    this.wireFaults = wireFaultsOf(socket)
    this.owner = owner
    this.session = connectSession(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: MAX_HEADER_BYTES },
      maxHeaderListPairs: MAX_HEADERS,
      // without a limit of the server, the library would queue streams above its own default
      peerMaxConcurrentStreams: streams,
    })
    this.hold = new SessionHold(this.session)
    this.listen()
  }

  /** Number of streams whose reply is not complete; the option `streams` of the target limits it. */
  get load(): number {
    return this.streams.size
  }

  get hasRoom(): boolean {
    const { closed, destroyed } = this.session
    return !closed && !destroyed && this.streams.size + this.rests.size < this.peerStreams
  }

  /** Number of streams that the server allows at a time. */
  get limit(): number {
    return this.peerStreams
  }

  /** Returns the failure for a connection that ended before the server's SETTINGS came. */
  get greetingFailure(): Failure {
    const message = 'the connection was closed before its first SETTINGS: the target does not speak HTTP/2, or wants TLS'
    const failure = connectionFailure(this.lastError, this.goawayCode)
    return this.lastError === undefined && this.goawayCode === undefined
      ? { ...failure, phase: 'connect', message }
      : { ...failure, phase: 'connect' }
  }

  send(call: Http2Call, reused: boolean): void {
    const { request, exchange } = call
    const stream = this.request(call)
    if (!stream) return
    this.hold.watch(stream)
    this.streams.set(call, new CallStream(call, stream, this))
    if (reused) this.keptAt.set(call, this.deliveries)
    exchange.carried(reused, this.wireFaults)
    // a request that was sent several times counts from the last time
    exchange.unsent()
    // only the body is counted, because HPACK compresses the head
    exchange.sent(request.body?.byteLength ?? 0)
    if (request.body) stream.end(request.body)
  }

  /** Ends a request whose reply is not needed any more: resets its stream. */
  drop(call: Http2Call): void {
    const stream = this.streams.get(call) ?? this.rests.get(call)
    this.streams.delete(call)
    this.rests.delete(call)
    stream?.cancel()
    call.over()
  }

  /** Ends the socket for an injected fault: with a reset, as the network does, or with a close, as the server does. */
  sever(how: 'reset' | 'close'): void {
    for (const { exchange } of this.streams.keys()) exchange.carried(exchange.reused, DROPPED)
    endSocket(this.socket, how)
  }

  /** Cancels the exchanges in flight and closes the connection for good. */
  close(): void {
    this.ours = true
    for (const call of [...this.streams.keys()]) {
      call.over()
      call.exchange.cancel()
    }
    this.streams.clear()
    this.session.destroy()
    // A session that was ending already would wait for the server; the others have written their GOAWAY by then.
    setImmediate(() => this.socket.destroy())
  }

  received(): void {
    this.deliveries += 1
  }

  settled(stream: CallStream): void {
    if (this.streams.delete(stream.call)) this.rests.set(stream.call, stream)
  }

  ended(stream: CallStream): void {
    const { call } = stream
    this.rests.delete(call)
    if (!this.streams.has(call)) call.over()
    else if (this.session.destroyed) this.broke(stream.error)
    else {
      this.streams.delete(call)
      this.unfinished(stream)
    }
  }

  private listen(): void {
    const { session } = this
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      this.peerStreams = maxConcurrentStreams ?? Number.POSITIVE_INFINITY
      if (this.isGreeted) return
      this.isGreeted = true
      this.owner.greeted()
    })
    session.on('goaway', (code) => {
      if (this.goawayCode === undefined) this.owner.goaway()
      this.goawayCode = code
    })
    session.on('error', (error) => {
      this.lastError = error
    })
    session.on('close', () => this.end())
    this.socket.on('error', (error) => {
      this.lastError ??= error
      // The library leaves a socket open when TLS breaks before the first SETTINGS.
      setImmediate(() => this.socket.destroy())
    })
    // A session that has not begun is not always notified of the end of its socket.
    this.socket.on('close', () => setImmediate(() => this.isGreeted || this.end()))
  }

  private end(): void {
    if (this.isOver) return
    this.isOver = true
    this.reportEnd()
    this.owner.gone()
  }

  private request(call: Http2Call): ClientHttp2Stream | undefined {
    try {
      return this.session.request(headOf(call.request), { endStream: call.request.body === undefined })
    } catch (error) {
      failCall(call, { class: 'local_request', phase: 'send', message: said(error) })
      return undefined
    }
  }

  private unfinished({ call, rstCode }: CallStream): void {
    const { exchange } = call
    const untouched = rstCode === constants.NGHTTP2_REFUSED_STREAM && phaseOf(exchange) === 'headers'
    if (untouched && !exchange.settled) this.owner.givenBack(call, this.goawayCode === undefined ? 'refused' : 'goaway')
    else failCall(call, streamFailure(rstCode, exchange))
  }

  /** Fails all exchanges whose reply is not complete when the connection ends. */
  private broke(error: unknown): void {
    const failure = connectionFailure(error, this.goawayCode)
    const hit = [...this.streams.values()].flatMap((stream) => (stream.whole ? [] : [stream.call]))
    for (const call of hit) this.streams.delete(call)
    const failures = hit.map((call) => (this.keptAt.get(call) === this.deliveries ? givenUp(failure) : failure))
    this.reportLoss(failures[0] ?? failure, hit.filter(({ exchange }) => !exchange.settled).length)
    for (const [n, call] of hit.entries()) failCall(call, { ...(failures[n] ?? failure), phase: phaseOf(call.exchange) })
  }

  private reportLoss(failure: Failure, inFlight: number): void {
    if (this.reported) return
    this.reported = true
    this.owner.lost(failure.class, inFlight)
  }

  /** Reports the end of the connection to its owner. An end without an error between two replies is no loss. */
  private reportEnd(): void {
    if (!this.ours && (this.goawayCode || isSocketError(this.lastError)))
      this.reportLoss(connectionFailure(this.lastError, this.goawayCode), 0)
    if (this.reported) return
    this.reported = true
    this.owner.closed()
  }
}

function headOf({ method, url, headers, body }: HttpRequest): Record<string, string | number> {
  return {
    ':method': method,
    ':path': url.pathname + url.search,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': url.host,
    ...Object.fromEntries(Object.entries(headers).filter(([name]) => !FORBIDDEN.has(name))),
    ...(body ? { 'content-length': body.byteLength } : {}),
  }
}
