import { Samples } from './samples.ts'

const FIRST_LENGTH = 16
/** What a log keeps of its memory when it is reset, in samples. */
const KEPT_LENGTH = 4096

/** The samples of one metric, as a list of histogram bucket indexes. It is fast to write, and can be added to any number of histograms later. */
export class SampleLog extends Samples {
  /** The index of the bucket of each sample, up to `count`. */
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
