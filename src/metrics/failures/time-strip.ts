/** Largest number of stretches into which time is divided. */
const MAX_STRETCHES = 40
const FIRST_WIDTH_MS = 1000

/**
 * Counts events, such as the errors of one group, in up to 40 equal stretches of time, beginning with the first event. When an event lies after the
 * last stretch, the length of all stretches is doubled.
 */
export class TimeStrip {
  private widthMs = FIRST_WIDTH_MS
  private counts: number[] = []

  /** Counts events that happened `afterMs` ms after the first one. */
  add(afterMs: number, count = 1): void {
    while (afterMs >= MAX_STRETCHES * this.widthMs) this.halve()
    const at = Math.max(0, Math.floor(afterMs / this.widthMs))
    while (this.counts.length <= at) this.counts.push(0)
    this.counts[at] = (this.counts[at] ?? 0) + count
  }

  /** Returns the length of a stretch in ms, and the number of events in each stretch up to the last event. */
  read(): { widthMs: number; counts: number[] } {
    return { widthMs: this.widthMs, counts: [...this.counts] }
  }

  private halve(): void {
    this.widthMs *= 2
    const { counts } = this
    this.counts = Array.from(
      { length: Math.ceil(counts.length / 2) },
      (_, at) => (counts[2 * at] ?? 0) + (counts[2 * at + 1] ?? 0),
    )
  }
}
