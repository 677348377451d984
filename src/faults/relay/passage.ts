/** One connection through the relay: the client's socket, the socket to the target, and the two directions between them. */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { now } from '../../clock.ts'
import { createRandom } from '../../random.ts'
import { Flow } from './flow.ts'
import { actsIn, type DrawnFault, isSlowing, type Way, type WireFault } from './wire-fault.ts'

/** The smallest share of a time-out for which the faults must be responsible; with a smaller share, the time-out counts against the target. */
const LEAST_SHARE = 0.05

/** The callbacks of a connection to its relay. */
interface PassageEvents {
  /** Called once: when the target was reached, or with an error that says why it was not. */
  reached(error?: Error): void
  /** Called when a fault changes something on the connection for the first time. */
  acted(drawn: DrawnFault): void
  /** Called for each piece that is passed on. */
  passed(way: Way, bytes: number): void
  /** Called once, when both sockets are closed. */
  closed(): void
}

/** One connection from a client to the relay, with the relay's own connection to the target and the faults that act on the bytes in between. */
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
  /** True when the client cannot be notified that the target has ended the connection. */
  private isSilent = false

  /**
   * Connects to the target. `client` is an accepted socket that is not read yet, with `allowHalfOpen`. @param seed with `of`, which differs for each
   * connection of the relay, gives the random numbers of this connection
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
        faults: faults.filter((drawn) => actsIn(drawn, way)),
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
   * Returns the kind of the fault that explains a failure that happens now; undefined when none does. A black hole explains it while it holds bytes
   * of the attempt or of its connection. A slowing fault explains a time-out when bytes still wait for that fault. `sentAt` is the same as in
   * `WireCauses`.
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

  /** Returns the kind of the first fault that has acted and for which `isLike` is true. */
  private kindOf(isLike: (fault: WireFault) => boolean): string | undefined {
    return this.faults.find(({ acted, fault }) => acted && isLike(fault))?.fault.kind
  }

  /** Returns the kinds of the faults that the connection has had at any time since `at`, in ms of the clock: "latency+slice"; '' for none. */
  since(at: number): string {
    const [from, until] = [at - this.startedAt(), now() - this.startedAt()]
    // After the load, only faults that have acted count.
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

  /**
   * Handles the end of one side that a black hole hides from the other. If it is the client's end, the target is still notified, so that no
   * connection outlives its client.
   */
  private swallowedEnd(way: Way): void {
    if (way === 'up') this.close()
    else this.isSilent = true
  }

  /** Closes a connection that both sides have ended, when a black hole keeps each from learning that. */
  private closeIfForgotten(): void {
    if (this.isSilent && this.client.readableEnded && this.upstream.closed) this.close()
  }

  /** Watches a socket from which the direction `own` reads and to which `other` writes. */
  private follow(socket: Socket, own: Flow, other: Flow): void {
    socket.on('drain', () => other.pump())
    socket.on('error', (error) => {
      if (this.isReached) own.end('reset')
      else this.unreached(socket, error)
    })
    socket.once('close', () => {
      this.open -= 1
      // Bytes that still wait for this socket are lost.
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
