import type { IClientOptions } from 'mqtt'

/** The largest packet id; 0 is not used. */
const LAST = 65_535

/** Allots the packet ids of one MQTT connection, continuing those of the previous one. A publish sent again keeps its id. */
export class PacketIds implements NonNullable<IClientOptions['messageIdProvider']> {
  private next: number
  private readonly first: number
  private count = 0

  /** `after` is the last id of an earlier connection, which the session may still know; 0 for none. */
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

  /** True when a packet of this connection has had this id. */
  gave(id: number): boolean {
    return (id - this.first + LAST) % LAST < this.count
  }

  getLastAllocated(): number {
    return this.next === 1 ? LAST : this.next - 1
  }

  /** Gives the next packet this id again. */
  repeat(id: number): void {
    this.next = id
  }

  /** Always true: nothing is queued or replayed, so ids never come from outside. */
  register(): boolean {
    return true
  }

  /** Does nothing: a user has few packets in flight, so ids are free long before they are used again. */
  deallocate(): void {}

  clear(): void {}
}

function following(id: number): number {
  return id >= LAST ? 1 : id + 1
}
