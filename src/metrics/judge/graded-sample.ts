import { createRandom } from '../../random.ts'

/** An item of a sample with its rank, from 0 to 1. */
interface Ranked<T> {
  readonly rank: number
  readonly item: T
}

/**
 * A random sample as plain data, which can be added to the sample of another process: the drawn items with their ranks, and the number of items that
 * they were drawn from.
 */
export interface DrawnItems<T> {
  readonly offered: number
  readonly kept: readonly Ranked<T>[]
}

/**
 * Identifies a reply within a run, for example by user, iteration and step. The random rank by which replies are drawn for a judge model depends only
 * on this and on the seed.
 */
export type SamplePlace = readonly (string | number)[]

/**
 * Draws a random sample of a run's replies, or of pairs of replies to the same message, for a judge model. Each reply gets a random rank when it
 * arrives, and those with the lowest ranks are kept. The rank depends only on the seed and on the reply's place in the run, so that the sample does
 * not depend on the order of arrival.
 */
export class GradedSample<T> {
  /** The number of items that were offered, from which the sample is drawn. */
  offered = 0
  private readonly size: number
  private readonly seed: string
  private readonly shorten: (item: T) => T
  private readonly kept: Ranked<T>[] = []
  /** The largest rank that can still be in the sample; items with a higher one are ignored. */
  private highest = Number.POSITIVE_INFINITY

  /** Makes an empty sample of at most `size` items. `shorten` reduces each item to the part that is kept. */
  constructor(size: number, seed: string, shorten: (item: T) => T = (item) => item) {
    this.size = size
    this.seed = seed
    this.shorten = shorten
  }

  /** Offers an item for the sample. `place` identifies the item within the run, and decides its rank. */
  offer(place: SamplePlace, item: () => T): void {
    this.offered += 1
    const rank = createRandom(this.seed, 'judge sample', ...place).next()
    if (rank >= this.highest || this.size === 0) return
    this.kept.push({ rank, item: this.shorten(item()) })
    if (this.kept.length >= 2 * this.size) this.cut()
  }

  /** Returns the sample in the order of ranks. Its first items are a random sample too, of any size. */
  read(): readonly T[] {
    return this.readRanked().map(({ item }) => item)
  }

  /** Returns the sample with the rank of each item. Items with the same place in two samples with one seed have the same rank. */
  readRanked(): readonly Ranked<T>[] {
    this.cut()
    return this.kept
  }

  /** What this sample has drawn, for `add` of another sample. */
  get drawnItems(): DrawnItems<T> {
    return { offered: this.offered, kept: this.readRanked() }
  }

  /** Adds what a sample of the same size and seed has drawn: the outcome is the sample of all that was offered to either. */
  add({ offered, kept }: DrawnItems<T>): void {
    this.offered += offered
    this.kept.push(...kept)
    this.cut()
  }

  private cut(): void {
    this.kept.sort((a, b) => a.rank - b.rank)
    this.kept.length = Math.min(this.size, this.kept.length)
    if (this.kept.length === this.size) this.highest = this.kept.at(-1)?.rank ?? this.highest
  }
}
