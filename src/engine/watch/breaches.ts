import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../result/schema.ts'

/** For so many seconds in a row a threshold on the whole run does not hold before that is told: early values come from few attempts. */
const SECONDS_IN_A_ROW = 3

/** Reports each threshold once when it does not hold, while the run goes on; at the end of the run it may hold again. */
export class BreachWatch {
  private readonly thresholds: readonly Threshold[]
  /** For how many seconds in a row each has not held; NaN once that was told. */
  private readonly seconds: number[]

  constructor(thresholds: readonly Threshold[]) {
    this.thresholds = thresholds
    this.seconds = thresholds.map(() => 0)
  }

  /** Returns the thresholds that are to be told now. `results` are theirs so far, in their order, undefined where nothing is known yet; called once a second. */
  feed(results: readonly (ThresholdResult | undefined)[]): ThresholdResult[] {
    return this.thresholds.flatMap((threshold, i) => {
      const result = results[i]
      const before = this.seconds[i] ?? 0
      if (result === undefined || Number.isNaN(before)) return []
      const seconds = result.state === 'failed' && !result.fewSamples && showsEarly(threshold) ? before + 1 : 0
      const isDue = seconds >= (threshold.windowMs === undefined ? SECONDS_IN_A_ROW : 1)
      this.seconds[i] = isDue ? Number.NaN : seconds
      return isDue ? [result] : []
    })
  }
}

/** Counts, sums and rates only grow towards a lower limit: until the end nothing is to be told of them. */
function showsEarly({ metric, operator, aggregate, windowMs }: Threshold): boolean {
  const isLower = operator === '>' || operator === '>=' || operator === '=='
  return windowMs !== undefined || !isLower || !(metric.kind === 'rate' || GROWING.has(aggregate.kind))
}

const GROWING = new Set(['count', 'sum'])
