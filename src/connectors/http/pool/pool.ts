/** HTTP/1.1 connections that all users of a target share: at most so many to each origin. */
import type { Call } from '../call.ts'
import { Station, type StationSettings } from './station.ts'

/** Knows at which origin each call is. Nothing is told of a call that is over. */
export class HttpPool {
  private readonly settings: StationSettings
  private readonly stations = new Map<string, Station>()
  private readonly places = new Map<Call, Station>()

  constructor(settings: StationSettings) {
    this.settings = settings
  }

  /** Most connections to one origin. */
  get maxConnections(): number {
    return this.settings.maxConnections
  }

  /** Carries a call as soon as it is its turn. */
  take(call: Call): void {
    this.enter(call).join(call)
  }

  /** Whether a call stands in line: nobody has begun to connect for it. */
  waits(call: Call): boolean {
    return this.places.get(call)?.waits(call) ?? false
  }

  /** Nothing of a call was written: it had its turn, and does not stand in line again. */
  again(call: Call): void {
    this.places.get(call)?.retake(call)
  }

  /** A call goes on elsewhere: over the same connection if it leads there, for a wait would be a part of its service time. */
  onward(call: Call): void {
    this.leave(call)?.freed(call)
    this.enter(call).goFirst(call)
  }

  /** The exchange of a call is settled; its connection is kept if the rest of the body comes soon. */
  draining(call: Call): void {
    this.places.get(call)?.draining(call)
  }

  /** The reply is complete: the connection is free. */
  freed(call: Call): void {
    this.leave(call)?.freed(call)
  }

  /** The connection of a call is lost to this failure. */
  lost(call: Call, failureClass: string): void {
    this.leave(call)?.lost(call, failureClass)
  }

  /** A call is over before its reply: its turn, or the place of its connection, goes to others. */
  discard(call: Call): void {
    call.stop()
    this.leave(call)?.discard(call)
  }

  /** Ends all connections, which nobody uses any more; resolves when they are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.stations.values()].map((station) => station.close()))
  }

  private enter(call: Call): Station {
    const { origin } = call.request.url
    const station = this.stations.get(origin) ?? new Station(origin, this.settings)
    this.stations.set(origin, station)
    this.places.set(call, station)
    return station
  }

  private leave(call: Call): Station | undefined {
    const station = this.places.get(call)
    this.places.delete(call)
    return station
  }
}
