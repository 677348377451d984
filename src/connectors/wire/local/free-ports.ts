import type { PortRange } from '../../../machine.ts'

/** Multiples of the golden section, modulo 1, lie as far from each other as so many points can. */
const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2

/** The ports of one local address from which this process has no connection to one host and port. */
export class FreePorts {
  private readonly range: PortRange
  /** One bit for each port of the range, set while it is in use. */
  private readonly used: Uint32Array
  private readonly count: number
  private free: number
  private turn: number
  /** Where the next look begins. All ports have their turn, so that one that was closed lately is not used again at once. */
  private next = 0

  /** `start` is the process, as a number: those with other ones begin elsewhere in the range. */
  constructor(range: PortRange, start: number) {
    this.range = range
    this.turn = start
    this.count = range.high - range.low + 1
    this.used = new Uint32Array(Math.ceil(this.count / 32))
    this.free = this.count
    this.jump()
    for (const port of range.reserved) this.mark(port - range.low)
  }

  /** Returns a port, which is in use until it is released; undefined when all are in use. */
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

  /** The port after one in use; where all 32 of its word are in use, the first of the next word. */
  private after(index: number): number {
    const next = this.word(index) === 0xffff_ffff ? (index | 31) + 1 : index + 1
    return next >= this.count ? 0 : next
  }

  private mark(index: number): void {
    this.used[index >> 5] = this.word(index) | (1 << (index & 31))
    this.free -= 1
  }
}
