/** What validity has to know to tell lateness that decided something from lateness that did not. */
import { isContested, isProven } from '../../metrics/threshold/proven.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { GroupMetrics, ThresholdResult } from '../../result/schema.ts'
import type { RunState } from './run-state.ts'

/** Whether every threshold stands however late the generator was. `results` are those of the plan, in its order, and then rules that are broken. */
export function isProvenRun(thresholds: readonly Threshold[], results: readonly ThresholdResult[]): boolean {
  return results.every(({ state }, i) => {
    const threshold = thresholds[i]
    return threshold !== undefined && isProven(threshold, state)
  })
}

/** Whether lateness may have decided any of them; rules of burn's own only fail late runs by time-outs. */
export function isContestedRun(
  thresholds: readonly Threshold[],
  results: readonly ThresholdResult[],
  timedOut: boolean,
): boolean {
  return results.some(({ state }, i) => {
    const threshold = thresholds[i]
    return threshold === undefined ? timedOut : isContested(threshold, state, timedOut)
  })
}

const TIMES = ['service_time', 'ttft', 'itl'] as const

/** Medians of what users without a timetable measured; nothing when another load was there as well, whose lag tells of its lateness. */
export function closedMediansOf({ plan }: RunState, { distributions }: GroupMetrics): { closedMedians?: Record<string, number> } {
  const measured = plan.phases.filter(({ warmup }) => !warmup)
  if (!measured.every(({ load }) => load.model === 'closed' && load.pacePerSecond === undefined)) return {}
  const medians = TIMES.flatMap((name) => {
    const median = distributions[name]?.percentiles.p50
    return typeof median === 'number' ? [[name, median] as const] : []
  })
  return { closedMedians: Object.fromEntries(medians) }
}
