/** One connection through the relay: the socket of the client, that to the target, and a flow each way between them. */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { now } from '../../clock.ts'
import { createRandom } from '../../random.ts'
import { Flow } from './flow.ts'
import { type DrawnFault, goes, isSlowing, type Way, type WireFault } from './wire-fault.ts'

/** A time-out of which the faults have taken a smaller share is the doing of the target. */
const LEAST_SHARE = 0.05

/** What is said to the relay about a connection. */
interface PassageEvents {
  /** Called once: the target is reached, or `error` says why it is not. */
  reached(error?: Error): void
  /** Called when a fault changes something on the connection for the first time. */
  acted(drawn: DrawnFault): void
  /** Called for each piece that is passed on. */
  passed(way: Way, bytes: number): void
  /** Called once, when both sockets are closed. */
  closed(): void
}

/** One connection that a client has made to the relay, with the relay's own connection to the target and the faults that act between the two. */
export class Passage {
  private readonly client: Socket
  private readonly upstream: Socket
  private readonly events: PassageEvents
  private readonly faults: readonly DrawnFault[]
  private readonly startedAt: () => number
  private readonly up: Flow
  private readonly down: Flow
  private open = 2
  private isReached = false
  /** True when the client cannot learn that the target ended the connection. */
  private isSilent = false

  /**
   * Connects to the target. `client` is an accepted socket that nobody reads yet, with `allowHalfOpen`.
   * @param seed of its random numbers, with `of`, which no other connection of the relay has
   */
  constructor(parts: {
    readonly client: Socket
    readonly to: NetConnectOpts
    readonly faults: readonly DrawnFault[]
    readonly seed: string | number
    readonly of: string | number
    readonly startedAt: () => number
    readonly events: PassageEvents
  }) {
    const { client, faults, seed, of, startedAt, events } = parts
    const upstream = connect({ ...parts.to, noDelay: true, allowHalfOpen: true })
    this.client = client
    this.upstream = upstream
    this.events = events
    this.faults = faults
    this.startedAt = startedAt
    const flow = (way: Way, from: Socket, to: Socket) =>
      new Flow({
        from,
        to,
        faults: faults.filter((drawn) => goes(drawn, way)),
        random: createRandom(seed, 'wire', of, way),
        startedAt,
        host: {
          acts: (drawn) => this.acts(drawn),
          passed: (bytes) => events.passed(way, bytes),
          reset: () => this.reset(),
          swallowedEnd: () => this.swallowedEnd(way),
        },
      })
    this.up = flow('up', client, upstream)
    this.down = flow('down', upstream, client)
    this.follow(client, this.up, this.down)
    this.follow(upstream, this.down, this.up)
    upstream.once('connect', () => this.begin())
  }

  /** Resets both sockets at once. */
  reset(): void {
    this.stop()
    for (const socket of [this.client, this.upstream]) {
      // A Unix socket has no reset, and one that is not connected has nothing to reset.
      if (socket.remoteAddress === undefined) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  /** Closes both sockets at once. */
  close(): void {
    this.stop()
    this.client.destroy()
    this.upstream.destroy()
  }

  /**
   * Returns the kind of the fault that a failure of this moment is put down to: a black hole while it has bytes of the attempt or of its connection; what makes
   * the connection slow for a time-out in whose way it is, because bytes still wait for it. `sentAt`: as for `WireCauses`.
   */
  causeOf(isTimeOut: boolean, sentAt: number): string | undefined {
    const since = Number.isNaN(sentAt) ? Number.NEGATIVE_INFINITY : sentAt
    if (this.up.hasSwallowed(since) || this.down.hasSwallowed(since)) return this.kindOf(({ swallows }) => swallows === true)
    const [up, down] = [this.up.heldMs(), this.down.heldMs()]
    if (!isTimeOut || (up === undefined && down === undefined)) return undefined
    const waitedMs = (up ?? this.up.lastWaitMs) + (down ?? 0)
    if (waitedMs < LEAST_SHARE * (now() - sentAt)) return undefined
    return this.kindOf(isSlowing)
  }

  /** The kind of the first fault like this that has acted. */
  private kindOf(isLike: (fault: WireFault) => boolean): string | undefined {
    return this.faults.find(({ acted, fault }) => acted && isLike(fault))?.fault.kind
  }

  /** Returns the kinds of the faults that it has had at any time since `at`: "latency+slice". As for `WireCauses`. */
  since(at: number): string {
    const [from, until] = [at - this.startedAt(), now() - this.startedAt()]
    // After the load, nothing more is known than what they have done.
    const isOver = Number.isNaN(from)
    const had = this.faults.filter(({ fault, acted }) =>
      isOver ? acted : !fault.refuses && fault.fromMs <= until && fault.untilMs > from,
    )
    return [...new Set(had.map(({ fault }) => fault.kind))].join('+')
  }

  private begin(): void {
    this.isReached = true
    this.events.reached()
    this.read(this.client, this.up)
    this.read(this.upstream, this.down)
  }

  private read(socket: Socket, flow: Flow): void {
    socket.on('data', (bytes) => flow.take(bytes))
    socket.once('end', () => {
      flow.end('fin')
      this.closeIfForgotten()
    })
    socket.resume()
  }

  /** A black hole hides the end of the client: then the target is told all the same, so that no connection outlives its client. */
  private swallowedEnd(way: Way): void {
    if (way === 'up') this.close()
    else this.isSilent = true
  }

  /** Closes a connection whose two ends have both gone, when a black hole keeps the news of that from them. */
  private closeIfForgotten(): void {
    if (this.isSilent && this.client.readableEnded && this.upstream.closed) this.close()
  }

  /** Watches a socket that `own` reads from and `other` writes to. */
  private follow(socket: Socket, own: Flow, other: Flow): void {
    socket.on('drain', () => other.pump())
    socket.on('error', (error) => {
      if (this.isReached) own.end('reset')
      else this.unreached(socket, error)
    })
    socket.once('close', () => {
      this.open -= 1
      // What still waits for it is lost.
      other.pump()
      this.closeIfForgotten()
      if (!this.isReached) this.close()
      if (this.open === 0) this.finish()
    })
  }

  private unreached(socket: Socket, error: Error): void {
    this.stop()
    if (socket === this.upstream) this.events.reached(error)
  }

  private finish(): void {
    this.stop()
    this.events.closed()
  }

  private stop(): void {
    this.up.stop()
    this.down.stop()
  }

  private acts(drawn: DrawnFault): void {
    if (drawn.acted) return
    drawn.acted = true
    this.events.acted(drawn)
  }
}
