import { now } from '../../../clock.ts'
import type { ConnectTimes, Exchange } from '../../../exchange.ts'
import type { Connection, ConnectionEvents } from '../../wire/connector.ts'
import type { HttpRequest } from '../transport.ts'
import { Channel, type ChannelOwner, type ChannelSettings } from './channel.ts'
import { failTrip, type Trip, type TripRefusal } from './trip.ts'

interface Http2Options extends ChannelSettings {
  readonly events: ConnectionEvents
}

/**
 * How often a request that a server gave back unprocessed is sent over another connection. After a GOAWAY, other connections may end in the same way
 * before one accepts the request. A server that refuses streams while it serves others is full, so fewer tries are made.
 */
const MAX_MOVES: Readonly<Record<TripRefusal, number>> = { refused: 3, goaway: 10 }

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

  start(trip: Trip): void {
    if (!this.closing) this.channelFor(trip).carry(trip)
    else {
      trip.over()
      trip.exchange.cancel()
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
  givenBack(trip: Trip, channel: Channel, refusal: TripRefusal): void {
    const { exchange } = trip
    if (trip.moves >= MAX_MOVES[refusal]) {
      this.refuse(trip)
      return
    }
    trip.moves += 1
    exchange.warn(`moved_${refusal}`)
    exchange.disconnected()
    // After GOAWAY only a fresh connection is used: the others may be close to their own last request.
    trip.fresh = refusal === 'goaway'
    if (refusal === 'refused') trip.refusedBy.add(channel)
    this.start(trip)
  }

  crowdedOut(trip: Trip): void {
    this.start(trip)
  }

  gone(channel: Channel): void {
    this.channels.delete(channel)
    if (this.channels.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve()
  }

  private refuse(trip: Trip): void {
    const message = `the server did not take the request on any of ${trip.moves + 1} connections: REFUSED_STREAM`
    trip.exchange.unsent()
    failTrip(trip, { class: 'refused_stream', phase: 'send', message, code: 'RST_REFUSED_STREAM' })
  }

  private channelFor(trip: Trip): Channel {
    const { origin } = trip.request.url
    for (const channel of this.channels) if (channel.origin === origin && channel.hasRoom && suits(channel, trip)) return channel
    const channel = new Channel(origin, this.options, this.limits.get(origin) ?? Number.POSITIVE_INFINITY, this)
    this.channels.add(channel)
    return channel
  }
}

function suits(channel: Channel, { fresh, refusedBy }: Trip): boolean {
  return (channel.fresh || !fresh) && !refusedBy.has(channel)
}

/** One user's HTTP/2 connection: requests go to the user's own pool, or to the one that all users share. */
export class Http2Connection implements Connection<HttpRequest> {
  readonly watchesConnecting = true
  private readonly pool: Http2Pool
  private readonly leave: () => Promise<void> | void
  private readonly trips = new Map<Exchange, Trip>()
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
      const over = () => void this.trips.delete(exchange)
      const trip: Trip = { request, exchange, moves: 0, refusedBy: new Set(), fresh: false, carrier: undefined, over }
      this.trips.set(exchange, trip)
      this.pool.start(trip)
    }
  }

  cancel(exchange: Exchange): void {
    const trip = this.trips.get(exchange)
    trip?.carrier?.drop(trip)
  }

  sever(exchange: Exchange, how: 'reset' | 'close'): void {
    const carrier = this.trips.get(exchange)?.carrier ?? this.pool
    carrier.sever(how)
  }

  close(): Promise<void> {
    this.leaving ??= this.end()
    return this.leaving
  }

  private async end(): Promise<void> {
    for (const [exchange, trip] of [...this.trips]) {
      trip.carrier?.drop(trip)
      exchange.cancel()
    }
    await this.leave()
  }
}
