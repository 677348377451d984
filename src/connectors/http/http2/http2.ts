import { now } from '../../../clock.ts'
import type { ConnectTimes, Exchange } from '../../../exchange.ts'
import type { Connection, ConnectionEvents } from '../../wire/connector.ts'
import type { HttpRequest } from '../transport.ts'
import { type CallRefusal, failCall, type Http2Call } from './call.ts'
import { Channel, type ChannelOwner, type ChannelSettings } from './channel.ts'

interface Http2Options extends ChannelSettings {
  readonly events: ConnectionEvents
}

/**
 * How often a request that a server gave back unprocessed is sent over another connection. After a GOAWAY, other connections may end in the same way
 * before one accepts the request. A server that refuses streams while it serves others is full, so fewer tries are made.
 */
const MAX_MOVES: Readonly<Record<CallRefusal, number>> = { refused: 3, goaway: 10 }

/** A pool of HTTP/2 connections. A request goes to a connection with a free stream; if there is none, another connection is opened. */
export class Http2Pool implements ChannelOwner {
  private readonly channels = new Set<Channel>()
  private readonly options: Http2Options
  /** Number of streams that servers allow on a connection, by origin. */
  private readonly limits = new Map<string, number>()
  /** Monotonic times in ms of losses that no new connection has replaced, by origin. */
  private readonly lostAt = new Map<string, number[]>()
  private readonly whenEmpty: (() => void)[] = []
  private closing = false

  constructor(options: Http2Options) {
    this.options = options
  }

  start(call: Http2Call): void {
    if (!this.closing) this.channelFor(call).carry(call)
    else {
      call.over()
      call.exchange.cancel()
    }
  }

  /** Cancels the exchanges in flight and closes all connections; resolves when they are closed. */
  async close(): Promise<void> {
    this.closing = true
    for (const channel of [...this.channels]) channel.close()
    if (this.channels.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve))
  }

  /** Ends one of the connections for an injected fault: with a reset, as the network does, or with a close, as the server does. */
  sever(how: 'reset' | 'close'): void {
    for (const channel of this.channels) {
      channel.sever(how)
      return
    }
  }

  opened({ origin, limit }: Channel, times: ConnectTimes): void {
    this.limits.set(origin, limit)
    this.options.events.opened(times)
    const since = this.lostAt.get(origin)?.shift()
    if (since !== undefined) this.options.events.reconnected(now() - since)
  }

  openFailed(failureClass: string): void {
    this.options.events.openFailed(failureClass)
  }

  goaway(): void {
    this.options.events.goaway?.()
  }

  lost({ origin }: Channel, failureClass: string, inFlight: number): void {
    const times = this.lostAt.get(origin) ?? []
    times.push(now())
    this.lostAt.set(origin, times)
    this.options.events.lost(failureClass, inFlight)
  }

  closed(): void {
    this.options.events.closed()
  }

  /** Sends a request that the server has not processed again over another connection; RFC 9113, section 8.7, allows that for any method. */
  givenBack(call: Http2Call, channel: Channel, refusal: CallRefusal): void {
    const { exchange } = call
    if (call.moves >= MAX_MOVES[refusal]) {
      this.refuse(call)
      return
    }
    call.moves += 1
    exchange.warn(`moved_${refusal}`)
    exchange.disconnected()
    // After GOAWAY only a fresh connection is used: the others may be close to their own last request.
    call.fresh = refusal === 'goaway'
    if (refusal === 'refused') call.refusedBy.add(channel)
    this.start(call)
  }

  crowdedOut(call: Http2Call): void {
    this.start(call)
  }

  gone(channel: Channel): void {
    this.channels.delete(channel)
    if (this.channels.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve()
  }

  private refuse(call: Http2Call): void {
    const message = `the server did not take the request on any of ${call.moves + 1} connections: REFUSED_STREAM`
    call.exchange.unsent()
    failCall(call, { class: 'refused_stream', phase: 'send', message, code: 'RST_REFUSED_STREAM' })
  }

  private channelFor(call: Http2Call): Channel {
    const { origin } = call.request.url
    for (const channel of this.channels) if (channel.origin === origin && channel.hasRoom && suits(channel, call)) return channel
    const channel = new Channel(origin, this.options, this.limits.get(origin) ?? Number.POSITIVE_INFINITY, this)
    this.channels.add(channel)
    return channel
  }
}

function suits(channel: Channel, { fresh, refusedBy }: Http2Call): boolean {
  return (channel.fresh || !fresh) && !refusedBy.has(channel)
}

/** One user's HTTP/2 connection: requests go to the user's own pool, or to the one that all users share. */
export class Http2Connection implements Connection<HttpRequest> {
  readonly watchesConnecting = true
  private readonly pool: Http2Pool
  private readonly leave: () => Promise<void> | void
  private readonly calls = new Map<Exchange, Http2Call>()
  private leaving: Promise<void> | undefined

  /** `leave` is called once, when this user ends; it closes the pool unless other users share it. */
  constructor(pool: Http2Pool, leave: () => Promise<void> | void) {
    this.pool = pool
    this.leave = leave
  }

  send(request: HttpRequest, exchange: Exchange): void {
    if (this.leaving) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else {
      const over = () => void this.calls.delete(exchange)
      const call: Http2Call = { request, exchange, moves: 0, refusedBy: new Set(), fresh: false, carrier: undefined, over }
      this.calls.set(exchange, call)
      this.pool.start(call)
    }
  }

  cancel(exchange: Exchange): void {
    const call = this.calls.get(exchange)
    call?.carrier?.drop(call)
  }

  sever(exchange: Exchange, how: 'reset' | 'close'): void {
    const carrier = this.calls.get(exchange)?.carrier ?? this.pool
    carrier.sever(how)
  }

  close(): Promise<void> {
    this.leaving ??= this.end()
    return this.leaving
  }

  private async end(): Promise<void> {
    for (const [exchange, call] of [...this.calls]) {
      call.carrier?.drop(call)
      exchange.cancel()
    }
    await this.leave()
  }
}
