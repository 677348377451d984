/** Budgets of tokens, bytes or money: thresholds on a sum with `abort`, checked after every reply. */
import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { holds } from '../../metrics/threshold/expression/limit.ts'
import { selectorKey, type Threshold } from '../../metrics/threshold/threshold.ts'
import { formatValue } from '../../metrics/threshold/words.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { dimensionsOf } from './dimensions.ts'

/** The budget that ended a run, and its sum at that moment. A budget is a threshold on a sum, such as cost, that aborts the run. */
export interface UsedUp {
  readonly threshold: Threshold
  readonly sum: number
  /** Number of attempts in flight when the budget was used up. */
  readonly inFlight: number
}

/** Watches the budgets of a plan: thresholds on a sum, such as cost, that end the run when the sum reaches the limit. */
export class Budgets {
  private readonly all: readonly { readonly threshold: Threshold; readonly group: GroupRecorder }[]

  constructor(plan: Plan, recorder: Recorder) {
    const keys = dimensionsOf(plan).selectors.map(selectorKey)
    this.all = plan.thresholds.filter(isBudget).map((threshold) => ({
      threshold,
      group: recorder.selected[keys.indexOf(selectorKey(threshold.tags))] ?? recorder.total,
    }))
  }

  /** True when the plan has a budget. */
  get any(): boolean {
    return this.all.length > 0
  }

  /** Returns the first budget that is used up at `atMs` of the run, replies in flight included; undefined when none is. */
  usedUp(atMs: number): UsedUp | undefined {
    for (const { threshold, group } of this.all) {
      const { sum = 0, count = 0 } = group.histogramOf(threshold.metric.name) ?? {}
      const { inFlight } = group
      const expected = sum + (count === 0 ? 0 : (sum / count) * inFlight)
      if (atMs >= threshold.afterMs && !holds(expected, threshold.operator, threshold.limit)) return { threshold, sum, inFlight }
    }
    return undefined
  }
}

/** Whether a threshold is a budget: an upper bound on a sum, with `abort`, over the whole run. */
function isBudget({ abort, aggregate, metric, operator, windowMs }: Threshold): boolean {
  const isUse = metric.unit === 'tokens' || metric.unit === 'currency' || metric.unit === 'bytes'
  return abort && isUse && aggregate.kind === 'sum' && windowMs === undefined && (operator === '<' || operator === '<=')
}

/** Describes the budget (a threshold on a sum) that ended a run: "cost sum was 91.2 of 100 with 9 replies in flight, which would use it up". */
export function usedUpText({ threshold: { metric, limit, unit }, sum, inFlight }: UsedUp): string {
  const rest = inFlight === 0 ? '' : ` with ${inFlight} ${inFlight === 1 ? 'reply' : 'replies'} in flight, which would use it up`
  return `${metric.name} sum was ${formatValue(sum, unit)} of ${formatValue(limit, unit)}${rest}`
}

/** How the budgets stood when the run was over. */
interface BudgetEnd {
  readonly usedUp: UsedUp | undefined
  /** Returns whether the budget ended nothing: every planned iteration had started, and none was cut off. */
  readonly wasAll: () => boolean
}

/**
 * Returns the threshold results. A budget (a threshold on total cost or tokens with `abort`) that ended the run counts as failed, also when
 * the replies that were still in flight left the final total within it.
 */
export function withBudget(thresholds: readonly ThresholdResult[], { usedUp, wasAll }: BudgetEnd): ThresholdResult[] {
  return thresholds.map((result) => {
    if (!usedUp || result.threshold !== usedUp.threshold.name || (result.state === 'passed' && wasAll())) return result
    const reason = result.state === 'passed' ? `${usedUpText(usedUp)}: the run ended early` : result.reason
    return { ...result, state: 'failed', aborted: true, ...(reason === undefined ? {} : { reason }) }
  })
}
