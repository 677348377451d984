import type { PortRange } from '../../../machine.ts'

/** Multiples of the golden section, modulo 1, are spread evenly however many there are. They are the places where searches for a port begin. */
const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2

/**
 * Keeps track of the local ports that are free for new connections from one local address to one remote host and port. A port counts as in use only
 * if the system reserves it, or if another connection of this process has the same local address, remote host and remote port.
 */
export class FreePorts {
  private readonly range: PortRange
  /** One bit for each port of the range, set while it is in use. */
  private readonly used: Uint32Array
  private readonly count: number
  private free: number
  private turn: number
  /** The index of the port at which the next search begins. It moves on, so that a port that was just released is not used again at once. */
  private next = 0

  /** `start` is a number that differs between processes, so that each begins its search at another place of the range. */
  constructor(range: PortRange, start: number) {
    this.range = range
    this.turn = start
    this.count = range.high - range.low + 1
    this.used = new Uint32Array(Math.ceil(this.count / 32))
    this.free = this.count
    this.jump()
    for (const port of range.reserved) this.mark(port - range.low)
  }

  /** Returns a free port and marks it as used until `release`; undefined when all are in use. */
  take(): number | undefined {
    if (this.free === 0) return undefined
    let index = this.next
    while (this.isUsed(index)) index = this.after(index)
    this.mark(index)
    this.next = (index + 1) % this.count
    return this.range.low + index
  }

  release(port: number): void {
    const index = port - this.range.low
    this.used[index >> 5] = this.word(index) & ~(1 << (index & 31))
    this.free += 1
  }

  /** Continues the search at a port further on, because another process uses these ports. */
  jump(): void {
    this.turn += 1
    this.next = Math.floor(((this.turn * GOLDEN_SECTION) % 1) * this.count)
  }

  private word(index: number): number {
    return this.used[index >> 5] ?? 0
  }

  private isUsed(index: number): boolean {
    return ((this.word(index) >>> (index & 31)) & 1) === 1
  }

  /** Returns the index to look at after a used port; if all 32 ports in its word of the bit list are in use, that word is skipped. */
  private after(index: number): number {
    const next = this.word(index) === 0xffff_ffff ? (index | 31) + 1 : index + 1
    return next >= this.count ? 0 : next
  }

  private mark(index: number): void {
    this.used[index >> 5] = this.word(index) | (1 << (index & 31))
    this.free -= 1
  }
}
