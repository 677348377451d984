/** Budgets of tokens, bytes or money: thresholds on a sum with `abort`, checked after every reply. */
import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { ENOUGH } from '../../metrics/threshold/default-rules.ts'
import { holds } from '../../metrics/threshold/expression/limit.ts'
import { selectorKey, type Threshold } from '../../metrics/threshold/threshold.ts'
import { formatValue } from '../../metrics/threshold/words.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { dimensionsOf } from './dimensions.ts'

/**
 * Describes how a budget ended a run: which budget it was, and the numbers at that moment. A budget is a threshold on a total, such as cost, that
 * ends the run.
 */
export interface UsedUp {
  readonly threshold: Threshold
  readonly sum: number
  /** The sum that was over the limit: the sum so far plus the mean of one reply for each attempt in flight; infinite when that is not known. */
  readonly expected: number
  /** Number of attempts in flight when the budget was used up. */
  readonly inFlight: number
}

/** Checks a plan's budgets during the run. A budget is a threshold on a total, such as cost, that ends the run when the total reaches the limit. */
export class Budgets {
  private readonly all: readonly { readonly threshold: Threshold; readonly group: GroupRecorder }[]

  private readonly recorder: Recorder

  constructor(plan: Plan, recorder: Recorder) {
    this.recorder = recorder
    const keys = dimensionsOf(plan).selectors.map(selectorKey)
    this.all = plan.thresholds.filter(isBudget).map((threshold) => ({
      threshold,
      group: recorder.selected[keys.indexOf(selectorKey(threshold.tags))] ?? recorder.total,
    }))
  }

  /** True when the plan has a budget (a threshold on a sum, such as cost, that ends the run). */
  get any(): boolean {
    return this.all.length > 0
  }

  /**
   * Returns the sum of a metric so far, and its mean per reply. The cost includes warm-up and failed calls; a call without token counts is taken to
   * cost the mean of the others.
   */
  private usedBy(group: GroupRecorder, metric: string): { readonly sum: number; readonly mean: number } {
    const { costs } = this.recorder
    if (metric !== 'cost' || group !== this.recorder.total) {
      const { sum = 0, count = 0 } = group.histogramOf(metric) ?? {}
      return { sum, mean: count === 0 ? 0 : sum / count }
    }
    const priced = costs.calls - costs.unpriced
    if (priced === 0 && costs.unpriced >= ENOUGH) return { sum: Number.POSITIVE_INFINITY, mean: 0 }
    const mean = priced === 0 ? 0 : costs.total.value / priced
    return { sum: costs.total.value + costs.outside.value + costs.unpriced * mean, mean }
  }

  /**
   * Returns the first budget that is used up at `atMs` of the run, when the replies in flight and `next` further ones are included; undefined when
   * none is.
   */
  usedUp(atMs: number, next = 0): UsedUp | undefined {
    for (const { threshold, group } of this.all) {
      const { sum, mean } = this.usedBy(group, threshold.metric.name)
      const { inFlight } = group
      const expected = sum + mean * (inFlight + next)
      if (atMs >= threshold.afterMs && !holds(expected, threshold.operator, threshold.limit))
        return { threshold, sum, expected, inFlight }
    }
    return undefined
  }
}

/** True when a threshold is a budget: an upper limit on a total over the whole run, such as cost, with `abort`. */
export function isBudget({ abort, aggregate, metric, operator, windowMs }: Threshold): boolean {
  const isUse = metric.unit === 'tokens' || metric.unit === 'currency' || metric.unit === 'bytes'
  return abort && isUse && aggregate.kind === 'sum' && windowMs === undefined && (operator === '<' || operator === '<=')
}

/** Describes the budget (a threshold on a sum) that ended a run: "cost sum was 91.2 of 100 with 9 replies in flight, which would make it 100.4". */
export function usedUpText({ threshold: { metric, limit, unit }, sum, expected, inFlight }: UsedUp): string {
  if (sum === Number.POSITIVE_INFINITY) return `${metric.name} is not known: no reply says how many tokens it used`
  const rest =
    inFlight === 0
      ? expected > sum
        ? `, and one more reply would make it ${formatValue(expected, unit)}`
        : ''
      : ` with ${inFlight} ${inFlight === 1 ? 'reply' : 'replies'} in flight, which would make it ${formatValue(expected, unit)}`
  return `${metric.name} sum was ${formatValue(sum, unit)} of ${formatValue(limit, unit)}${rest}`
}

/** The state of the budgets at the end of the run. */
interface BudgetEnd {
  readonly usedUp: UsedUp | undefined
  /** Returns whether the budget ended nothing: every planned iteration had started, and none was cut off. */
  readonly ranWholePlan: () => boolean
}

/**
 * Returns the results of a run's thresholds, with the budget that ended the run early marked as failed. A budget is a threshold with `abort` on the
 * total of cost, tokens or bytes; it ends the run as soon as the replies in flight are expected to take the total over the limit. If the final total
 * stayed below the limit after all, the result shows the expected total instead.
 */
export function withBudget(thresholds: readonly ThresholdResult[], { usedUp, ranWholePlan }: BudgetEnd): ThresholdResult[] {
  return thresholds.map((result) => {
    if (!usedUp || result.threshold !== usedUp.threshold.name || (result.state === 'passed' && ranWholePlan())) return result
    const failed: ThresholdResult = { ...result, state: 'failed', aborted: true }
    if (result.state === 'failed') return failed
    const observed = Number.isFinite(usedUp.expected) ? usedUp.expected : result.observed
    return { ...failed, observed, reason: `${usedUpText(usedUp)}: the run ended early` }
  })
}
