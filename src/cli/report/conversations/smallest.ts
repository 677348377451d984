/** Keeps the members of a stream that have the smallest numbers. */

/**
 * Keeps those `size` keys that were added with the smallest numbers. With random numbers, these are a random sample of all keys. A key that is added
 * several times counts with its smallest number.
 */
export class Smallest {
  private readonly numbers = new Map<string, number>()
  private readonly size: number
  private largest = Number.NEGATIVE_INFINITY

  constructor(size: number) {
    this.size = size
  }

  add(key: string, number: number): void {
    const known = this.numbers.get(key)
    if (known !== undefined ? number >= known : this.numbers.size >= this.size && number >= this.largest) return
    this.numbers.set(key, number)
    if (this.numbers.size > this.size) {
      const [last = ''] = this.keys().slice(-1)
      this.numbers.delete(last)
    }
    this.largest = Math.max(...this.numbers.values())
  }

  /** Returns the keys, the one with the smallest number first. */
  keys(): string[] {
    return [...this.numbers].sort(([, a], [, b]) => a - b).map(([key]) => key)
  }
}
