import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { ClientOptions, WebSocket } from 'ws'
import { now } from '../../clock.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import { hostOf } from '../../text/host.ts'
import { type Dialling, type DialPlan, dial } from '../wire/dial.ts'
import { closeFailure, givenUp, handshakeFailure, protocolFailure, statusFailure, unanswered } from './failures.ts'
import { Incoming } from './options/incoming.ts'
import type { WebSocketOptions } from './options/options.ts'
import type { Predicate } from './options/predicate.ts'
import { answerPings } from './pongs.ts'
import { makeStrict } from './strict.ts'
import type { Upgrade } from './upgrade.ts'

/** Largest message in bytes when `maxMessage` is not set. */
const DEFAULT_MAX_MESSAGE = 16 * 1024 * 1024
/**
 * The largest number of frames in one message. The library's default of 16,384 is too few for a long reply with a frame for each token. Its limit on
 * frames per read (262,144) stays, because `maxMessage` needs fewer.
 */
const MAX_FRAGMENTS = 1024 * 1024
/** Longest wait for the answer to a close frame, in ms. */
const CLOSE_TIMEOUT_MS = 1000

/** The WebSocket library, loaded only by runs that use it. */
type WebSocketLibrary = Pick<typeof import('ws'), 'WebSocket'>

/** The settings with which all WebSockets of one user are opened, such as TLS and the options of the target. */
export interface HandshakeSettings {
  readonly library: WebSocketLibrary
  readonly options: WebSocketOptions
  /** The relay that leads the connections; undefined when there is none. */
  readonly relay: DialPlan['relay']
  /** The addresses of this machine to connect from; left out when the system chooses. */
  readonly localAddresses?: DialPlan['localAddresses']
  /** Returns the TLS settings, whose files are read at the first call. @throws LocalError when a file cannot be used */
  readonly tls: () => ConnectionOptions
  /** Tests for the message after which the connection can be used; undefined when it can be used right after the handshake. */
  readonly ready: Predicate | undefined
}

/** A WebSocket connection right after its HTTP upgrade, when it can carry frames: the WebSocket, the socket under it, and the times of opening it. */
export interface Upgraded {
  readonly socket: WebSocket
  /** The socket under the WebSocket. */
  readonly raw: Socket
  readonly times: ConnectTimes
}

/** Options of the `ws` library that its types do not have. */
type NewOptions = Readonly<Record<'closeTimeout' | 'maxFragments', number>>

/** The callbacks of a handshake. It calls either `opened` or `failed` once; neither when it was destroyed first. */
interface HandshakeEvents {
  /** Called when the socket is connected (with TLS where needed) and the upgrade is requested. */
  standing(): void
  /** Called when the connection can be used, before its next message: the receiver must add its listeners at once. */
  opened(upgraded: Upgraded): void
  failed(failure: Failure): void
}

/**
 * Opens one WebSocket connection: DNS, socket, TLS, HTTP upgrade and authentication. Each stage is timed. After a call of `destroy`, no event is
 * reported.
 */
export class Handshake {
  private readonly upgrade: Upgrade
  private readonly settings: HandshakeSettings
  private readonly events: HandshakeEvents
  private readonly dialling: Dialling
  private raw: Socket | undefined
  private socket: WebSocket | undefined
  private over = false
  /** True after the HTTP upgrade, while the connection waits only for its `ready` message. */
  private granted = false
  private rawError: Error | undefined
  private times: ConnectTimes = { dnsMs: null, connectMs: null, tlsMs: null }
  private connectedAt = Number.NaN

  /** Prepares to open a WebSocket for the request `upgrade`. @throws LocalError when a file of the `tls:` block cannot be used */
  constructor(upgrade: Upgrade, settings: HandshakeSettings, events: HandshakeEvents) {
    this.upgrade = upgrade
    this.settings = settings
    this.events = events
    const { port } = upgrade.url
    const plan = {
      host: hostOf(upgrade.url),
      port: port === '' ? (upgrade.secure ? 443 : 80) : Number(port),
      dns: settings.options.dns ?? {},
      relay: settings.relay,
      localAddresses: settings.localAddresses,
      tls: upgrade.secure ? settings.tls() : undefined,
    }
    this.dialling = dial(plan, {
      connected: (raw, times) => this.connected(raw, times),
      failed: (failure) => this.fail(failure),
    })
  }

  /** Returns the failure for giving up now, with `why` as its message: while connecting, or while waiting for the reply to the upgrade. */
  givenUp(why: string): Failure {
    return this.raw ? unanswered(why) : givenUp(why)
  }

  destroy(): void {
    if (this.over) return
    this.over = true
    this.dialling.destroy()
    this.release()
  }

  private connected(raw: Socket, times: ConnectTimes): void {
    this.raw = raw
    this.times = times
    this.connectedAt = now()
    raw.on('error', (error) => {
      this.rawError = error
    })
    this.events.standing()
    const { library, options } = this.settings
    const socket = new library.WebSocket(this.upgrade.url, [...options.subprotocols], this.clientOptions(raw))
    this.socket = socket
    answerPings(socket)
    // Never removed: the library throws errors that have no listener.
    socket.on('error', (error) => this.fail(this.granted ? protocolFailure(error) : handshakeFailure(error)))
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => this.fail(statusFailure(response)))
    socket.once('upgrade', ({ headers }) => {
      if (headers['set-cookie']) this.upgrade.cookies?.store(headers['set-cookie'], this.upgrade.url.href)
    })
    socket.once('open', () => this.upgraded(socket, raw))
  }

  private clientOptions(raw: Socket): ClientOptions & NewOptions {
    const { options } = this.settings
    return {
      createConnection: () => raw,
      headers: { ...this.upgrade.headers },
      perMessageDeflate: options.compression,
      maxPayload: options.maxMessage ?? DEFAULT_MAX_MESSAGE,
      maxFragments: MAX_FRAGMENTS,
      // with its own pongs the library closes a connection after 60 unsent ones, without an error
      autoPong: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    }
  }

  private upgraded(socket: WebSocket, raw: Socket): void {
    this.granted = true
    makeStrict(socket)
    this.stamp()
    const { authFrame } = this.upgrade
    if (authFrame) socket.send(authFrame, { binary: false })
    const { ready } = this.settings
    if (ready) this.awaitReady(socket, raw, ready)
    else this.open(socket, raw)
  }

  private awaitReady(socket: WebSocket, raw: Socket, ready: Predicate): void {
    const onMessage = (data: unknown) => {
      if (!Buffer.isBuffer(data) || !ready(new Incoming(data))) return
      socket.off('message', onMessage)
      this.stamp()
      this.open(socket, raw)
    }
    socket.on('message', onMessage)
    socket.once('close', (code, reason) =>
      this.fail({ ...closeFailure(code, reason.toString(), this.rawError), phase: 'headers' }),
    )
  }

  private stamp(): void {
    this.times = { ...this.times, handshakeMs: now() - this.connectedAt }
  }

  private open(socket: WebSocket, raw: Socket): void {
    if (this.over) return
    this.over = true
    this.events.opened({ socket, raw, times: this.times })
  }

  private fail(failure: Failure): void {
    if (this.over) return
    this.over = true
    this.release()
    this.events.failed(failure)
  }

  private release(): void {
    if (this.socket && this.socket.readyState !== 3) this.socket.terminate()
    this.raw?.destroy()
  }
}
