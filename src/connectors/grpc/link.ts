/** One HTTP/2 connection of the library: dialled once, never again. Who wants another makes another link, so that no reconnect is hidden. */
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type * as Grpc from '@grpc/grpc-js'
import { now } from '../../clock.ts'
import type { ConnectTimes, Exchange, Failure } from '../../exchange.ts'
import { type DnsOptions, resolveHost } from '../dns.ts'
import { classify } from '../failures.ts'
import { connectFailure, OK, socketFailure } from './status.ts'
import { credentialsFor, targetFor } from './transport.ts'

/** Where a link leads, and how. */
export interface LinkPlan {
  readonly grpc: typeof Grpc
  /** Host name or IP address, without brackets. */
  readonly host: string
  readonly port: number
  readonly dns: DnsOptions
  /** TLS settings; left out for a plain connection. */
  readonly tls?: ConnectionOptions | undefined
  readonly channel: Grpc.ChannelOptions
  /** Go on dialling until somebody closes the link. */
  readonly waitForReady: boolean
}

/** How a link ends; told of one that came about. */
export interface LinkEvents {
  /**
   * Once: no new call goes over it: the class of the loss and how many calls went with it, or undefined when it was closed on purpose.
   * After a goodbye (GOAWAY) open calls may still finish.
   */
  over(lossClass: string | undefined, inFlight: number): void
  /** Its socket is closed. */
  gone(): void
}

/** The target could not be reached. */
export class Unreached extends Error {
  override name = 'Unreached'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Classes after which the other address of a name may do better. */
const WORTH_ANOTHER = new Set(['refused', 'unreachable', 'local_ports'])

export class Link {
  /** Whether it has carried a call. */
  used = false
  private readonly plan: LinkPlan
  private readonly events: LinkEvents
  private readonly stop = new AbortController()
  /** Exchanges whose calls are open, and those that broke with the connection (true). */
  private readonly carried = new Map<Exchange, boolean>()
  private channel: Grpc.Channel | undefined
  private forget: () => void = ignore
  private socket: Socket | undefined
  private state: 'dialling' | 'ready' | 'over' = 'dialling'
  private error: Error | undefined
  private dnsMs: number | null = null
  private startedAt = Number.NaN
  private connectedAt = Number.NaN
  private securedAt = Number.NaN

  constructor(plan: LinkPlan, events: LinkEvents) {
    this.plan = plan
    this.events = events
  }

  /** True while new calls may be made. */
  get live(): boolean {
    // a call may hear of a broken socket before we do
    return this.state === 'ready' && this.channel?.getConnectivityState(false) === this.plan.grpc.connectivityState.READY
  }

  /** Connects: name, TCP, TLS and the HTTP/2 settings, each timed. @throws Unreached */
  async connect(): Promise<ConnectTimes> {
    const hosts = await this.resolve()
    for (const [index, host] of hosts.entries()) {
      // one address after the other: the second is for when the first turns us away
      const failure = await this.dial(host)
      if (!failure) return this.times()
      if (index + 1 === hosts.length || !WORTH_ANOTHER.has(failure.class)) throw new Unreached(failure)
    }
    throw new Unreached({ class: 'dns', phase: 'dns', message: `${this.plan.host} has no address` })
  }

  /** A new call, not started; its deadline is in ms from now. Only while `live`. */
  call(path: string, deadline: Date): Grpc.experimental.CallStream {
    if (!this.channel) throw new Error('a call needs a channel')
    this.used = true
    return this.channel.createCall(path, deadline, null, null, null)
  }

  /** This exchange is carried from now on. */
  carry(exchange: Exchange): void {
    this.carried.set(exchange, false)
  }

  /** Its call is over. One that broke with the connection may hear of it before we do, and still counts as lost with it. */
  release(exchange: Exchange, brokeWithLink: boolean): void {
    if (brokeWithLink && !exchange.settled && this.state === 'ready') this.carried.set(exchange, true)
    else this.carried.delete(exchange)
  }

  /** Ends it for good, calls and half-made sockets included. Resolves when the socket is gone. */
  async close(): Promise<void> {
    const wasReady = this.state === 'ready'
    this.state = 'over'
    this.channel?.close()
    this.forget()
    const { socket } = this
    const gone = socket && !socket.closed ? new Promise<void>((resolve) => socket.once('close', () => resolve())) : undefined
    // the library never destroys a socket that is still connecting, nor one with calls on it
    this.stop.abort()
    if (wasReady) this.events.over(undefined, 0)
    await gone
  }

  private resolve(): Promise<readonly string[]> {
    const { host, dns } = this.plan
    const startedAt = now()
    return new Promise((resolve, reject) => {
      resolveHost(host, dns, (error, addresses, fromCache) => {
        if (!fromCache) this.dnsMs = now() - startedAt
        if (error) reject(new Unreached(classify(error, 'dns')))
        else resolve(addresses)
      })
    })
  }

  private async dial(host: string): Promise<Failure | undefined> {
    const { plan } = this
    const { grpc } = plan
    if (this.stop.signal.aborted) return CLOSED
    const { target, forget } = targetFor(grpc, { host, port: plan.port, signal: this.stop.signal })
    const credentials = credentialsFor(grpc, plan.tls, plan.host, {
      connected: (socket) => this.connected(socket),
      secured: () => {
        this.securedAt = now()
      },
      failed: (error) => {
        this.error ??= error
      },
    })
    this.startedAt = now()
    const channel = new grpc.Channel(target, credentials, plan.channel)
    this.channel = channel
    this.forget = forget
    if (await this.ready(channel)) {
      this.state = 'ready'
      this.watch(channel)
      return undefined
    }
    const failure = await this.reason(channel)
    channel.close()
    forget()
    return failure
  }

  /** False when the first try failed, or the link was closed meanwhile. */
  private async ready(channel: Grpc.Channel): Promise<boolean> {
    const { READY, TRANSIENT_FAILURE } = this.plan.grpc.connectivityState
    let state = channel.getConnectivityState(true)
    while (state !== READY && !this.stop.signal.aborted) {
      if (state === TRANSIENT_FAILURE && !this.plan.waitForReady) return false
      await changed(channel, state)
      state = channel.getConnectivityState(!this.stop.signal.aborted)
    }
    return state === READY && !this.stop.signal.aborted
  }

  /** Why it could not connect. The library says it only to a call, so one is made that never leaves this machine. */
  private async reason(channel: Grpc.Channel): Promise<Failure> {
    if (this.stop.signal.aborted) return CLOSED
    if (this.error) return socketFailure(this.error, this.plan.tls && !Number.isNaN(this.connectedAt) ? 'tls' : 'connect')
    const { promise, resolve } = Promise.withResolvers<string>()
    const call = channel.createCall('/', Number.POSITIVE_INFINITY, null, null, null)
    call.start(new this.plan.grpc.Metadata(), {
      onReceiveMetadata: ignore,
      onReceiveMessage: ignore,
      onReceiveStatus: (status) => resolve(status.code === OK ? '' : String(status.details)),
    })
    return connectFailure(await promise)
  }

  private connected(socket: Socket): void {
    this.connectedAt = now()
    this.socket = socket
    socket.once('close', () => {
      this.lose(this.error ? socketFailure(this.error, 'stream').class : 'closed_early')
      this.events.gone()
    })
  }

  /** A server that says goodbye (GOAWAY) leaves its socket open for the calls under way. */
  private watch(channel: Grpc.Channel): void {
    channel.watchConnectivityState(this.plan.grpc.connectivityState.READY, Number.POSITIVE_INFINITY, () => {
      // a lost socket changes the state as well, and knows the reason better
      setImmediate(() => {
        if (!this.socket?.destroyed) this.lose(GOAWAY)
      })
    })
  }

  private lose(lossClass: string): void {
    if (this.state !== 'ready') return
    this.state = 'over'
    this.channel?.close()
    this.forget()
    this.events.over(lossClass, lossClass === GOAWAY ? 0 : this.broken())
  }

  /** Exchanges that a lost connection took along. */
  private broken(): number {
    let count = 0
    for (const [exchange, broke] of this.carried) if (broke || !exchange.settled) count += 1
    return count
  }

  private times(): ConnectTimes {
    const secured = this.plan.tls ? this.securedAt : this.connectedAt
    return {
      dnsMs: this.dnsMs,
      connectMs: this.connectedAt - this.startedAt,
      tlsMs: this.plan.tls ? this.securedAt - this.connectedAt : null,
      handshakeMs: now() - secured,
    }
  }
}

const GOAWAY = 'goaway'
const CLOSED: Failure = { class: 'closed_early', phase: 'connect', message: 'the connection was given up before it was made' }

function changed(channel: Grpc.Channel, state: Grpc.connectivityState): Promise<void> {
  return new Promise((resolve) => channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => resolve()))
}

function ignore(): void {}
