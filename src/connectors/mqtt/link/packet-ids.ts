import type { IClientOptions } from 'mqtt'

/** The largest packet id; 0 is not used. */
const LAST = 65_535

/**
 * Assigns the packet ids of one MQTT connection. They continue after the last id of the user's previous connection, which the broker may still know.
 * A publish that is sent again keeps its id.
 */
export class PacketIds implements NonNullable<IClientOptions['messageIdProvider']> {
  private next: number
  private readonly first: number
  private count = 0

  /** `after` is the last id on the user's earlier connection, which the broker may still know; 0 for none. */
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

  /** Returns true when this id was given to a packet of this connection. */
  gave(id: number): boolean {
    return (id - this.first + LAST) % LAST < this.count
  }

  getLastAllocated(): number {
    return this.next === 1 ? LAST : this.next - 1
  }

  /** Makes the next packet use this id, for a publish that is sent again. */
  repeat(id: number): void {
    this.next = id
  }

  /** Always returns true. The library asks only about ids of stored packets, and nothing is stored. */
  register(): boolean {
    return true
  }

  /** Does nothing: ids are given in turn, and few packets are in flight, so an id is free before its turn comes again. */
  deallocate(): void {}

  clear(): void {}
}

function following(id: number): number {
  return id >= LAST ? 1 : id + 1
}
