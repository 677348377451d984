import type { ShardData } from '../../result/schema.ts'
import { percentileRank } from '../histogram/bounds.ts'
import { Histogram } from '../histogram/histogram.ts'

/** The counters of replies that a judge model has scored, all at zero. */
export const NO_JUDGE = {
  judgeScored: 0,
  /** Number of scored replies whose score is good enough to pass. */
  judgePassed: 0,
}

/** A histogram of scores with exact percentiles, because a score of 4 may pass where 4.001 would not. For at most a thousand replies. */
class Scores extends Histogram {
  private readonly values: number[] = []

  constructor() {
    // A score may have a fraction, which a histogram with this unit keeps and one with the unit `count` does not.
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

/** A score that a judge model gave to a reply: the overall score or, with `criterion`, the score by that criterion alone. */
type GivenScore = ShardData['judgeScores'][number]

/**
 * The scores that a judge gave to replies, in all and by criterion: how many there are, how many are good, and their distribution. Thresholds on
 * scores are evaluated on these numbers.
 */
export class JudgeCounts {
  readonly counters = { ...NO_JUDGE }
  private readonly criteria = new Map<string, JudgeCounts>()
  readonly scores: Histogram = new Scores()
  /** The scores in the order in which they were added. */
  readonly added: GivenScore[] = []

  /** Returns the counts of the scores by one criterion, which are empty for a new criterion. */
  of(criterion: string): JudgeCounts {
    const known = this.criteria.get(criterion) ?? new JudgeCounts()
    this.criteria.set(criterion, known)
    return known
  }

  /** Adds an overall score of a reply or, with `criterion`, its score by that criterion, which is counted apart. */
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
