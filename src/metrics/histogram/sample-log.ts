import { Samples } from './samples.ts'

const FIRST_LENGTH = 16
/** Number of samples for which a log keeps memory when it is reset. */
const KEPT_LENGTH = 4096

/**
 * The samples of one metric, as a list of histogram bucket indexes. Recording is fast, and the list can be added to any number of histograms later.
 */
export class SampleLog extends Samples {
  /** The bucket index of each sample; only the first `count` entries are valid. */
  indexes = new Uint16Array(FIRST_LENGTH)

  protected keep(bucket: number): void {
    if (this.count === this.indexes.length) this.grow()
    this.indexes[this.count] = bucket
  }

  override reset(): void {
    super.reset()
    if (this.indexes.length > KEPT_LENGTH) this.indexes = new Uint16Array(FIRST_LENGTH)
  }

  private grow(): void {
    const longer = new Uint16Array(2 * this.indexes.length)
    longer.set(this.indexes)
    this.indexes = longer
  }
}
