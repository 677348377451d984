/** Counts the iterations of a run that a rule such as `onError: stop` ended early, and describes the rule in words. */
import { isSaturated } from '../../metrics/exits.ts'
import type { Iterations } from '../../result/schema.ts'
import { plannedIterations } from '../schedule/planned-iterations.ts'
import { NO_QUOTA } from '../user/reply/retry.ts'
import type { RunState } from './run-state.ts'

/**
 * Returns the numbers of a run's iterations by outcome (completed, failed, cut, dropped). If the run was stopped early by its own rules, for instance
 * by `onError` or a budget, the planned iterations that never started count as dropped.
 */
export function iterationsOf({ plan, iterations, stoppedBy, broken, usedUp, budget, stopWatch }: RunState): Iterations {
  const isEnded = stoppedBy !== undefined || broken !== undefined || usedUp !== undefined || budget.hasEnded
  const isStopped = isEnded || isSaturated(stopWatch.read())
  const never = isStopped ? Math.max(0, (plannedIterations(plan) ?? 0) - iterations.planned) : 0
  const { injected, ...others } = iterations
  const byFaults = injected > 0 ? { injected } : {}
  return { ...others, ...byFaults, planned: iterations.planned + never, dropped: iterations.dropped + never }
}

/** Describes how an `onError` rule stopped the run: "stopped by onError after 10 of 1000 iterations: pay failed with http_status". */
export function stopText(
  { plan, iterations }: RunState,
  { step, class: failureClass }: NonNullable<RunState['stoppedBy']>,
): string {
  const ended = iterations.completed + iterations.failed
  const planned = plannedIterations(plan)
  const of = planned === undefined ? '' : ` of ${planned}`
  if (failureClass === NO_QUOTA) return `stopped after ${ended}${of} iterations: the account has no quota left (${step})`
  return `stopped by onError after ${ended}${of} iterations: ${step} failed with ${failureClass}`
}

/**
 * True when a budget was used up but ended nothing early: the run had already started all its planned iterations, and none of them was cut off. False
 * when no budget was used up.
 */
export function ranWholePlan({ plan, iterations, usedUp }: RunState): boolean {
  // Counting what is planned takes long for a long open phase, and this runs for each checkpoint.
  if (!usedUp) return false
  return iterations.planned >= (plannedIterations(plan) ?? Number.POSITIVE_INFINITY) && iterations.cut === 0
}
