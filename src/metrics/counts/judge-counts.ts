import type { ShardData } from '../../result/schema.ts'
import { percentileRank } from '../histogram/bounds.ts'
import { Histogram } from '../histogram/histogram.ts'

/** The counters of replies that a judge has scored, all at zero. */
export const NO_JUDGE = {
  judgeScored: 0,
  /** Of those, the ones whose score is good enough. */
  judgePassed: 0,
}

/** The scores of at most a thousand replies, whose percentiles are exact: 4 is another verdict than 4.001. */
class Scores extends Histogram {
  private readonly values: number[] = []

  constructor() {
    // A score may have a fraction, which this unit keeps and a count does not.
    super('currency')
  }

  override record(value: number): void {
    super.record(value)
    this.values.push(value)
  }

  override percentile(p: number): number | null {
    return this.values.toSorted((a, b) => a - b)[percentileRank(this.count, p) - 1] ?? null
  }
}

/** A score that a judge gave to a reply: the overall score or, with `criterion`, the score by that criterion alone. */
export type GivenScore = ShardData['judgeScores'][number]

/** The scores that a judge gave to replies, in all and by criterion: how many there are, how many are good, and their distribution. Thresholds read it. */
export class JudgeCounts {
  readonly counters = { ...NO_JUDGE }
  private readonly criteria = new Map<string, JudgeCounts>()
  readonly scores: Histogram = new Scores()
  /** The scores in the order in which they were added. */
  readonly added: GivenScore[] = []

  /** The scores by one criterion; that of a new one is empty. */
  of(criterion: string): JudgeCounts {
    const known = this.criteria.get(criterion) ?? new JudgeCounts()
    this.criteria.set(criterion, known)
    return known
  }

  /** Counts a score of a reply, or that by one criterion, which is in no other count. */
  add({ score, isGood }: Pick<GivenScore, 'score' | 'isGood'>, criterion?: string): void {
    this.added.push({ score, isGood, ...(criterion !== undefined && { criterion }) })
    if (criterion !== undefined) {
      this.of(criterion).add({ score, isGood })
      return
    }
    this.scores.record(score)
    this.counters.judgeScored += 1
    if (isGood) this.counters.judgePassed += 1
  }
}
