import { type ClientHttp2Session, connect as connectSession } from 'node:http2'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { now } from '../../../clock.ts'
import type { ConnectTimes, Failure, WireCauses } from '../../../exchange.ts'
import { type Dialling, dial, endSocket, wireFaultsOf } from '../../wire/dial.ts'
import type { DnsOptions } from '../../wire/dns.ts'
import { DROPPED, type WireRelay } from '../../wire/relay.ts'
import { SessionHold } from '../../wire/session-hold.ts'
import { ACCEPTED } from './frames.ts'
import { Keepalive, type KeepaliveRule } from './keepalive.ts'
import { connectionFailure, type Goaway, startFailure } from './status.ts'
import { GrpcStream, type StreamEvents, type StreamSettings } from './stream.ts'

/** The settings for the HTTP/2 connections to a gRPC target: its host and port, DNS, TLS, and limits. */
export interface LinkPlan extends StreamSettings {
  /** Host name or IP address, without brackets. */
  readonly host: string
  readonly port: number
  /** The value of the header `:authority`, which names the server in each call. */
  readonly authority: string
  readonly dns: DnsOptions
  /** TLS settings; left out for a plain connection. */
  readonly tls?: ConnectionOptions | undefined
  /** True to keep trying to connect until `close` is called; false to fail after the first try. */
  readonly waitForReady: boolean
  readonly keepalive?: KeepaliveRule | undefined
  /** The addresses of this machine to connect from; left out when the system chooses. */
  readonly localAddresses?: readonly string[] | undefined
  /** The relay that leads the connection; left out when there is none. */
  readonly relay?: WireRelay | undefined
}

/** The callbacks of an established connection, in this order: perhaps `over` and `goaway`, then `lost` or `closed`, then `gone`. */
interface LinkEvents {
  /** Called when the connection accepts no new calls any more. */
  over(): void
  /** Called when the server has sent GOAWAY. Calls in flight may finish, unless the GOAWAY has an error code. */
  goaway(): void
  /** Called when the connection was lost, with its failure class and the number of calls in flight. */
  lost(lossClass: string, inFlight: number): void
  /** Called when burn closed the connection, or when it ended after a GOAWAY without an error. */
  closed(): void
  /** Called when the socket is closed. */
  gone(): void
}

/** Thrown when a gRPC target cannot be reached. */
export class Unreached extends Error {
  override name = 'Unreached'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** What the HTTP/2 stream of a gRPC call starts with: path, metadata, and deadline in ms. */
interface CallHead {
  /** The HTTP/2 path of a call: `/package.Service/Method`. */
  readonly path: string
  readonly metadata: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

/** The largest number of bytes that a server may send ahead, on one stream and on a whole connection. */
const STREAM_WINDOW = 1024 * 1024
const LINK_WINDOW = 4 * 1024 * 1024
/** The first and the longest wait in ms between the tries to connect with `waitForReady`; each wait is twice the one before. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1000
/** The largest number that a `grpc-timeout` header may hold: eight digits. */
const MAX_TIMEOUT = 99_999_999

/**
 * One HTTP/2 connection for gRPC calls. It never reconnects: after a loss, its owner opens another one and reports the reconnect. Its states:
 * | state | what ends it → the next state |
 * | --- | --- |
 * | dialling | the first SETTINGS → ready; a failed dial (unless `waitForReady`), `close` → over |
 * | ready | GOAWAY → leaving; a lost connection, `close` → over |
 * | leaving: calls under way finish | the last call, a lost connection, `close` → over |
 * | over | never |
 */
export class GrpcLink {
  /** True when the connection has carried at least one call. */
  used = false
  /** Kinds of the injected faults that have acted on the socket; undefined without any. */
  wireFaults: WireCauses | undefined
  private readonly plan: LinkPlan
  private readonly events: LinkEvents
  private state: 'dialling' | 'ready' | 'leaving' | 'over' = 'dialling'
  private readonly streams = new Set<GrpcStream>()
  private dialling: Dialling | undefined
  private socket: Socket | undefined
  private session: ClientHttp2Session | undefined
  private hold: SessionHold | undefined
  private keepalive: Keepalive | undefined
  private settle: { resolve(times: ConnectTimes): void; reject(error: Unreached): void } | undefined
  private retry: NodeJS.Timeout | undefined
  private waitMs = FIRST_WAIT_MS
  private goaway: Goaway | undefined
  private lastError: unknown
  private reported = false

  constructor(plan: LinkPlan, events: LinkEvents) {
    this.plan = plan
    this.events = events
  }

  /** True while new calls may be made. */
  get live(): boolean {
    const { session } = this
    return this.state === 'ready' && session !== undefined && !session.closed && !session.destroyed
  }

  /** True while as many calls are open as the server admits (`SETTINGS_MAX_CONCURRENT_STREAMS`): what a new call sends has to wait. */
  get full(): boolean {
    return this.streams.size >= (this.session?.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)
  }

  /** Connects: DNS, TCP, TLS and the HTTP/2 settings. Resolves with the time that each took. @throws Unreached */
  connect(): Promise<ConnectTimes> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
      if (this.state === 'over') this.giveUp(CLOSED)
      else this.dial()
    })
  }

  /** Opens the HTTP/2 stream of a call and sends its headers; allowed only while `live` is true. */
  open({ path, metadata, deadlineMs }: CallHead, events: StreamEvents): GrpcStream {
    const { session, plan } = this
    if (!session) throw new Error('a call needs a connection')
    this.used = true
    const opened = session.request({
      ':method': 'POST',
      ':scheme': plan.tls ? 'https' : 'http',
      ':path': path,
      ':authority': plan.authority,
      te: 'trailers',
      'content-type': 'application/grpc',
      'user-agent': 'burn grpc',
      'grpc-timeout': timeoutOf(deadlineMs),
      ...(plan.compression === 'none' ? {} : { 'grpc-encoding': plan.compression }),
      'grpc-accept-encoding': ACCEPTED,
      ...metadata,
    })
    this.hold?.watch(opened)
    const stream = new GrpcStream(opened, plan, events, (error) => this.left(stream, error))
    stream.limit(deadlineMs)
    opened.on('data', () => this.keepalive?.received())
    this.streams.add(stream)
    return stream
  }

  /** Ends the socket for an injected fault: with a reset, as the network does, or with a close, as the server does. */
  sever(how: 'reset' | 'close'): void {
    if (!this.socket) return
    this.wireFaults = DROPPED
    endSocket(this.socket, how)
  }

  /** Closes the connection for good, even while it is being made. Resolves when the socket is closed. */
  async close(): Promise<void> {
    const { socket, session } = this
    const gone = socket && !socket.closed ? new Promise<void>((resolve) => socket.once('close', () => resolve())) : undefined
    this.retire()
    clearTimeout(this.retry)
    this.dialling?.destroy()
    this.reportClosed()
    session?.destroy()
    // a session that is ending already would wait for the server; all others have written their GOAWAY by now
    if (socket) setImmediate(() => socket.destroy())
    this.giveUp(CLOSED)
    await gone
  }

  private dial(): void {
    const { host, port, dns, tls, relay, localAddresses } = this.plan
    this.dialling = dial(
      { host, port, dns, relay, localAddresses, tls: tls && { ...tls, ALPNProtocols: ['h2'] } },
      {
        connected: (socket, times) => this.connected(socket, times),
        failed: (failure) => this.missed(failure),
      },
    )
  }

  private connected(socket: Socket, times: ConnectTimes): void {
    const connectedAt = now()
    this.socket = socket
    this.wireFaults = wireFaultsOf(socket)
    const session = connectSession(`${this.plan.tls ? 'https' : 'http'}://${this.plan.authority}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    })
    this.session = session
    this.hold = new SessionHold(session)
    socket.on('error', (error) => {
      this.lastError ??= error
      // the library leaves a socket open when TLS breaks before the first SETTINGS
      setImmediate(() => socket.destroy())
    })
    session.once('connect', () => session.setLocalWindowSize(LINK_WINDOW))
    session.once('remoteSettings', () => this.ready({ ...times, handshakeMs: now() - connectedAt }))
    session.on('goaway', (code, _last, data) => this.leave(code, data === undefined ? '' : Buffer.from(data).toString('utf8')))
    session.on('error', (error) => {
      this.lastError ??= error
    })
    session.on('close', () => this.sessionClosed(session))
    socket.on('close', () => {
      // a session that has not begun is not always notified of the end of its socket
      setImmediate(() => this.sessionClosed(session))
      this.events.gone()
    })
  }

  private ready(times: ConnectTimes): void {
    if (this.state !== 'dialling') return
    this.state = 'ready'
    const { keepalive } = this.plan
    if (keepalive && this.session)
      this.keepalive = new Keepalive(this.session, keepalive, {
        busy: () => this.streams.size > 0,
        silent: (failure) => this.broke(failure),
      })
    this.settle?.resolve(times)
    this.settle = undefined
  }

  private missed(failure: Failure): void {
    if (this.state !== 'dialling') return
    this.lastError = undefined
    if (!this.plan.waitForReady) {
      this.state = 'over'
      this.giveUp(failure)
      return
    }
    this.retry = setTimeout(() => this.dial(), this.waitMs)
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2)
  }

  private giveUp(failure: Failure): void {
    this.settle?.reject(new Unreached(failure))
    this.settle = undefined
  }

  /** Handles a GOAWAY: no new calls are made. If its error code is not 0, the calls in flight and the connection end as well. */
  private leave(code: number, said: string): void {
    if (!this.goaway && this.state === 'ready') this.events.goaway()
    this.goaway = { code, said }
    if (this.state !== 'ready') return
    this.retire()
    this.state = 'leaving'
  }

  /** Stops accepting new calls and reports that to the owner. */
  private retire(): void {
    this.keepalive?.stop()
    if (this.state === 'ready') this.events.over()
    this.state = 'over'
  }

  private sessionClosed(session: ClientHttp2Session): void {
    if (this.session !== session || this.reported) return
    if (this.state === 'dialling') {
      this.session = undefined
      session.destroy()
      this.socket?.destroy()
      this.missed(startFailure(this.lastError))
      return
    }
    if (this.goaway?.code === 0 && this.lastError === undefined) {
      this.retire()
      this.reportClosed()
    } else this.broke(connectionFailure(this.lastError, this.goaway))
    this.socket?.destroy()
  }

  /** Handles the end of a stream. If the stream ended because the connection broke, all other streams fail too. */
  private left(stream: GrpcStream, error: unknown): void {
    if (this.session?.destroyed && !stream.complete) this.broke(connectionFailure(error ?? this.lastError, this.goaway))
    this.streams.delete(stream)
  }

  /** Handles a connection that broke: reports the loss first, then fails the calls in flight, so that the loss is known when they fail. */
  private broke(failure: Failure): void {
    this.retire()
    const hit = [...this.streams].filter((stream) => !stream.complete)
    if (!this.reported) {
      this.reported = true
      this.events.lost(failure.class, hit.length)
    }
    for (const stream of hit) stream.broke(failure)
    this.session?.destroy()
  }

  private reportClosed(): void {
    if (this.reported || !this.session || this.settle) return
    this.reported = true
    this.events.closed()
  }
}

const CLOSED: Failure = { class: 'closed_early', phase: 'connect', message: 'the connection was given up before it was made' }

function timeoutOf(ms: number): string {
  return ms <= MAX_TIMEOUT ? `${Math.ceil(ms)}m` : `${Math.ceil(ms / 1000)}S`
}
