import { now } from '../../../clock.ts'
import type { ConnectTimes } from '../../../exchange.ts'
import type { ConnectionEvents } from '../../wire/connector.ts'
import { GrpcLink, type LinkPlan, Unreached } from './link.ts'

/** A gRPC connection that takes calls. `times` says how long connecting took, if it was made for this caller; else undefined. */
interface Reached {
  readonly link: GrpcLink
  readonly times: ConnectTimes | undefined
}

interface RouteDialling {
  readonly link: GrpcLink
  readonly done: Promise<ConnectTimes>
  /** Number of callers that wait for this connection; connecting stops when the last one gives up. */
  waiting: number
  /** True when a caller stopped waiting because its deadline had passed. */
  late: boolean
}

/**
 * The abort reason of a gRPC call that took too long. If the call still waits for its connection, opening that connection counts as failed, too
 * (`connect_timeout`).
 */
export const LATE = 'late'

/**
 * Keeps the HTTP/2 connection to a gRPC target, for one user or for all users together. It opens the connection when a call needs it; after a loss,
 * the next call opens another one.
 */
export class GrpcRoute {
  private readonly plan: LinkPlan
  private readonly events: ConnectionEvents
  private current: GrpcLink | undefined
  private dialling: RouteDialling | undefined
  /** All connections that still have a socket: the current one, and former ones on which calls are still in flight. */
  private readonly links = new Set<GrpcLink>()
  /** The connections that were reported as opened, so that each is reported once. */
  private readonly reported = new WeakSet<GrpcLink>()
  private lostAt = Number.NaN

  constructor(plan: LinkPlan, events: ConnectionEvents) {
    this.plan = plan
    this.events = events
  }

  /** The connection that takes new calls; undefined while there is none. */
  get ready(): GrpcLink | undefined {
    return this.current?.live ? this.current : undefined
  }

  /**
   * Resolves with a connection that accepts calls, and makes one if there is none. Aborting `signal` ends the wait of this caller. @throws Unreached
   */
  async reach(signal: AbortSignal): Promise<Reached> {
    const known = this.ready
    if (known) return { link: known, times: undefined }
    const first = this.dialling === undefined
    const dialling = this.dialling ?? this.dial()
    dialling.waiting += 1
    const giveUp = () => {
      dialling.waiting -= 1
      if (signal.reason === LATE) dialling.late = true
      if (dialling.waiting > 0) return
      if (dialling.late && this.dialling === dialling) this.events.openFailed('connect_timeout')
      // the next caller must not wait for a link that is being closed
      if (this.dialling === dialling) this.dialling = undefined
      void dialling.link.close()
    }
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      const times = await dialling.done
      return { link: dialling.link, times: first ? times : undefined }
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Closes all connections, also one that is being made. */
  async close(): Promise<void> {
    const links = [...this.links, this.dialling?.link]
    this.current = undefined
    this.dialling = undefined
    await Promise.all(links.map((link) => link?.close()))
  }

  private dial(): RouteDialling {
    const link: GrpcLink = new GrpcLink(this.plan, {
      over: () => {
        if (this.current === link) this.current = undefined
      },
      goaway: () => this.events.goaway?.(),
      lost: (lossClass, inFlight) => {
        if (!this.reported.has(link)) return
        this.lostAt = now()
        this.events.lost(lossClass, inFlight)
      },
      closed: () => {
        if (this.reported.has(link)) this.events.closed()
      },
      gone: () => this.links.delete(link),
    })
    const dialling: RouteDialling = { link, done: link.connect(), waiting: 0, late: false }
    this.dialling = dialling
    dialling.done.then(
      (times) => this.arrived(dialling, times),
      (error: unknown) => this.missed(dialling, error),
    )
    return dialling
  }

  private arrived(dialling: RouteDialling, times: ConnectTimes): void {
    if (this.dialling !== dialling) return
    this.dialling = undefined
    this.current = dialling.link
    this.links.add(dialling.link)
    this.reported.add(dialling.link)
    this.announce(times)
  }

  private missed(dialling: RouteDialling, error: unknown): void {
    void dialling.link.close()
    if (this.dialling !== dialling) return
    this.dialling = undefined
    if (error instanceof Unreached) this.events.openFailed(error.failure.class)
  }

  private announce(times: ConnectTimes): void {
    this.events.opened(times)
    if (Number.isNaN(this.lostAt)) return
    this.events.reconnected(now() - this.lostAt)
    this.lostAt = Number.NaN
  }
}

const shared = new Map<string, { route: GrpcRoute; users: number }>()

/**
 * Returns the `GrpcRoute` (the keeper of an HTTP/2 connection) that all users with the same `key` share; the first user makes it. Each user calls
 * `release` at the end, and the last call closes the connection.
 */
export function sharedRoute(key: string, make: () => GrpcRoute): { route: GrpcRoute; release: () => Promise<void> } {
  const entry = shared.get(key) ?? { route: make(), users: 0 }
  shared.set(key, entry)
  entry.users += 1
  return {
    route: entry.route,
    async release() {
      entry.users -= 1
      if (entry.users > 0) return
      shared.delete(key)
      await entry.route.close()
    },
  }
}
