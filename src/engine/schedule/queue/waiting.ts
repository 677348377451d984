/** The queue of arrivals that wait for a free user: first in, first out, 32 bytes each, at most `MAX_WAITING` of them. */

/** The largest number of arrivals that wait; further ones are dropped, so that memory stays bounded. */
const MAX_WAITING = 1_000_000
const FIELDS = 4

/** An arrival that waits for a free user: its phase, when it was due, and when the scheduler noticed it (monotonic ms). */
export interface WaitingArrival {
  readonly phase: number
  readonly intended: number
  readonly noticedAt: number
  /** Index of the turn (recorded request) of a trace that the arrival starts; −1 in a load that replays no trace. */
  readonly turn: number
}

/** A queue of arrivals that wait for a free user, as a ring buffer that grows when needed. */
export class WaitingArrivals {
  private ring = new Float64Array(1024 * FIELDS)
  private head = 0
  size = 0

  /** Adds an arrival to the queue. Returns false, without adding it, when the queue is full. */
  push({ phase, intended, noticedAt, turn }: WaitingArrival): boolean {
    if (this.size >= MAX_WAITING) return false
    if (this.size * FIELDS === this.ring.length) this.grow()
    const at = (this.head + this.size * FIELDS) % this.ring.length
    this.ring[at] = phase
    this.ring[at + 1] = intended
    this.ring[at + 2] = noticedAt
    this.ring[at + 3] = turn
    this.size += 1
    return true
  }

  /** Removes the oldest arrival and returns it; undefined when none waits. */
  shift(): WaitingArrival | undefined {
    if (this.size === 0) return undefined
    const at = this.head
    this.head = (this.head + FIELDS) % this.ring.length
    this.size -= 1
    const [phase = 0, intended = 0, noticedAt = 0, turn = -1] = this.ring.subarray(at, at + FIELDS)
    return { phase, intended, noticedAt, turn }
  }

  private grow(): void {
    const larger = new Float64Array(this.ring.length * 2)
    larger.set(this.ring.subarray(this.head))
    larger.set(this.ring.subarray(0, this.head), this.ring.length - this.head)
    this.ring = larger
    this.head = 0
  }
}
