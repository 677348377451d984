/** A list of numbers that grows as needed. It takes 8 to 16 bytes for each number, so that traces of millions of requests fit into memory. */
export class NumberList {
  length = 0
  private values = new Float64Array(1024)

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length] = value
    this.length += 1
  }

  /** Returns the number at `index`; NaN when there is none. */
  at(index: number): number {
    return index < this.length ? (this.values[index] ?? Number.NaN) : Number.NaN
  }
}
