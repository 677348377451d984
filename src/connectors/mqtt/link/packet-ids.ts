/** Packet ids of one connection, counted on from those of the one before, and a publish that is sent again bears the id of its first time. */
import type { IClientOptions } from 'mqtt'

/** The largest packet id; 0 is none. */
const LAST = 65_535

export class PacketIds implements NonNullable<IClientOptions['messageIdProvider']> {
  private next: number
  private readonly first: number
  private count = 0

  /** `after`: the last id of an earlier connection, which the session may still know; 0 for none. */
  constructor(after: number) {
    this.next = following(after)
    this.first = this.next
  }

  allocate(): number {
    const id = this.next
    this.next = following(id)
    this.count += 1
    return id
  }

  /** Whether a packet of this connection has had this id. */
  gave(id: number): boolean {
    return (id - this.first + LAST) % LAST < this.count
  }

  getLastAllocated(): number {
    return this.next === 1 ? LAST : this.next - 1
  }

  /** The next packet bears this id once more. */
  repeat(id: number): void {
    this.next = id
  }

  /** Nothing is queued or replayed, so no id is ever taken from outside. */
  register(): boolean {
    return true
  }

  /** A user has few packets under way at a time: ids come round long after they are free. */
  deallocate(): void {}

  clear(): void {}
}

function following(id: number): number {
  return id >= LAST ? 1 : id + 1
}
