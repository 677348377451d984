import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../result/schema.ts'

/** For how many seconds in a row a threshold on the whole run must fail before it is reported, because early values come from few attempts. */
const SECONDS_IN_A_ROW = 3

/**
 * Decides of which failing thresholds event receivers are notified during a run: each at most once, as soon as one of its windows has failed or,
 * without windows, when it has failed for three seconds in a row. A threshold without windows may still pass at the end of the run.
 */
export class BreachWatch {
  private readonly thresholds: readonly Threshold[]
  /** For each threshold, for how many seconds in a row it has failed; NaN once it was reported. */
  private readonly seconds: number[]

  constructor(thresholds: readonly Threshold[]) {
    this.thresholds = thresholds
    this.seconds = thresholds.map(() => 0)
  }

  /**
   * Takes the results of the thresholds so far, once a second and in their order, undefined for one that is not known yet. Returns those that are to
   * be reported now.
   */
  feed(results: readonly (ThresholdResult | undefined)[]): ThresholdResult[] {
    return this.thresholds.flatMap((threshold, i) => {
      const result = results[i]
      const before = this.seconds[i] ?? 0
      if (result === undefined || Number.isNaN(before)) return []
      const seconds = result.state === 'failed' && isSettled(threshold, result) && showsEarly(threshold) ? before + 1 : 0
      const isDue = seconds >= (threshold.windowMs === undefined ? SECONDS_IN_A_ROW : 1)
      this.seconds[i] = isDue ? Number.NaN : seconds
      return isDue ? [result] : []
    })
  }
}

/** True unless a few more samples may change the result: a window that failed has failed for the whole run. */
const isSettled = ({ windowMs }: Threshold, { fewSamples }: ThresholdResult) => windowMs !== undefined || !fewSamples

/**
 * True for a threshold whose failure can be known before the end of the run. A count, sum or rate with a lower limit still grows, so its failure is
 * known only at the end.
 */
function showsEarly({ metric, operator, aggregate, windowMs }: Threshold): boolean {
  const isLower = operator === '>' || operator === '>=' || operator === '=='
  return windowMs !== undefined || !isLower || !(metric.kind === 'rate' || GROWING.has(aggregate.kind))
}

const GROWING = new Set(['count', 'sum'])
