import type { Call } from '../call.ts'
import { OriginPool, type OriginPoolSettings } from './origin-pool.ts'

/** The HTTP/1.1 connections that all users of a target share, with a limit for each origin. */
export class HttpPool {
  private readonly settings: OriginPoolSettings
  private readonly pools = new Map<string, OriginPool>()
  private readonly places = new Map<Call, OriginPool>()

  constructor(settings: OriginPoolSettings) {
    this.settings = settings
  }

  /** The largest number of connections to one origin at a time. */
  get maxConnections(): number {
    return this.settings.maxConnections
  }

  /** Queues a call; it is sent when a connection is free for it. */
  take(call: Call): void {
    this.enter(call).join(call)
  }

  /** True while a call is queued, and after that until it is sent, unless most of its time went into connecting. */
  waits(call: Call): boolean {
    return this.places.get(call)?.waits(call) ?? false
  }

  /** Sends a call again over another connection, ahead of the queue, because nothing of it was written. */
  again(call: Call): void {
    this.places.get(call)?.retake(call)
  }

  /** Sends the next request of a redirected call ahead of the queue, because a wait would count as service time. */
  onward(call: Call): void {
    this.leave(call)?.freed(call)
    this.enter(call).goFirst(call)
  }

  /** Called when the exchange of a call has its outcome. The connection is kept if the rest of the body comes soon. */
  draining(call: Call): void {
    this.places.get(call)?.draining(call)
  }

  /** Called when the reply of a call is complete and its connection is free. */
  freed(call: Call): void {
    this.leave(call)?.freed(call)
  }

  /** Called when the connection of a call was lost, with the failure class. */
  lost(call: Call, failureClass: string): void {
    this.leave(call)?.lost(call, failureClass)
  }

  /** Ends a call before its reply is complete: removes it from the queue, or destroys its connection. */
  discard(call: Call): void {
    call.stop()
    this.leave(call)?.discard(call)
  }

  /**
   * Ends the connection of a call, or one that is idle, for an injected fault: with a reset, as the network does, or with a close, as the server
   * does.
   */
  sever(call: Call | undefined, how: 'reset' | 'close'): void {
    const pool = (call && this.places.get(call)) ?? this.pools.values().next().value
    pool?.sever(call, how)
  }

  /** Closes all connections when no user needs them any more; resolves when they are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()))
  }

  private enter(call: Call): OriginPool {
    const { origin } = call.request.url
    const pool = this.pools.get(origin) ?? new OriginPool(origin, this.settings)
    this.pools.set(origin, pool)
    this.places.set(call, pool)
    return pool
  }

  private leave(call: Call): OriginPool | undefined {
    const pool = this.places.get(call)
    this.places.delete(call)
    return pool
  }
}
