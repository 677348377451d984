/** Makes one WebSocket: name, socket, TLS, upgrade, authentication, each stage timed. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { ClientOptions, WebSocket } from 'ws'
import { now } from '../../clock.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import { type Dialling, dial } from '../wire/dial.ts'
import { closeFailure, givenUp, handshakeFailure, protocolFailure, statusFailure, unanswered } from './failures.ts'
import { Incoming } from './options/incoming.ts'
import type { WebSocketOptions } from './options/options.ts'
import type { Predicate } from './options/predicate.ts'
import { answerPings } from './pongs.ts'
import { makeStrict } from './strict.ts'
import type { Upgrade } from './upgrade.ts'

/** Largest message unless `maxMessage` says otherwise, in bytes. */
const DEFAULT_MAX_MESSAGE = 16 * 1024 * 1024
/**
 * Frames that one message may be made of. The library would refuse a message of 16,385, which is no more than a long reply with a
 * frame for each token; its own bound on reads that make one frame (262,144) is kept: it lies beyond what `maxMessage` needs.
 */
const MAX_FRAGMENTS = 1024 * 1024
/** How long a peer may take to answer a close frame, in ms. */
const CLOSE_TIMEOUT_MS = 1000

/** The library, which is loaded only by runs that use it. */
type Library = Pick<typeof import('ws'), 'WebSocket'>

/** All that does not change from one handshake of a user to the next. */
export interface HandshakeSettings {
  readonly library: Library
  readonly options: WebSocketOptions
  /** TLS settings, read when first needed. @throws LocalError */
  readonly tls: () => ConnectionOptions
  /** The message that makes the connection usable; undefined when it is so at once. */
  readonly ready: Predicate | undefined
}

/** A connection that can carry frames. */
export interface Upgraded {
  readonly socket: WebSocket
  /** What the WebSocket runs over. */
  readonly raw: Socket
  readonly times: ConnectTimes
}

/** Options of the library that its types do not know yet. */
type NewOptions = Readonly<Record<'closeTimeout' | 'maxFragments', number>>

/** Told exactly one of `opened` and `failed`, unless the handshake was destroyed first. */
interface HandshakeEvents {
  /** The socket stands, with TLS where that is wanted; the upgrade is asked for. */
  standing(): void
  /** Called before any further message is delivered: attach at once. */
  opened(upgraded: Upgraded): void
  failed(failure: Failure): void
}

/** One handshake. `destroy` frees all it holds, and no event comes any more. */
export class Handshake {
  private readonly upgrade: Upgrade
  private readonly settings: HandshakeSettings
  private readonly events: HandshakeEvents
  private readonly dialling: Dialling
  private raw: Socket | undefined
  private socket: WebSocket | undefined
  private over = false
  /** The upgrade was granted; only `ready` is missing. */
  private granted = false
  private rawError: Error | undefined
  private times: ConnectTimes = { dnsMs: null, connectMs: null, tlsMs: null }
  private connectedAt = Number.NaN

  /** @throws LocalError when a file of the `tls:` block cannot be used */
  constructor(upgrade: Upgrade, settings: HandshakeSettings, events: HandshakeEvents) {
    this.upgrade = upgrade
    this.settings = settings
    this.events = events
    const { hostname, port } = upgrade.url
    const plan = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (upgrade.secure ? 443 : 80) : Number(port),
      dns: settings.options.dns ?? {},
      tls: upgrade.secure ? settings.tls() : undefined,
    }
    this.dialling = dial(plan, {
      connected: (raw, times) => this.connected(raw, times),
      failed: (failure) => this.fail(failure),
    })
  }

  /** What it failed with if it were given up now: before the socket stands, or while the server owes an answer. */
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
    // They stay for good: the library throws an error that nobody listens to.
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
      // the library ends a connection with more than 60 unanswered pings, and without a word
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
