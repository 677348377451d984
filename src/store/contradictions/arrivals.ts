import type { ArrivalMetrics } from '../../result/schema.ts'
import { distributionContradictions } from './distribution.ts'
import { brokenRules, isSame, type Rule } from './figures.ts'

const RULES: readonly Rule<ArrivalMetrics>[] = [
  ['started', 'atMost', 'due'],
  ['startedInPhase', 'atMost', 'started'],
  ['waited', 'atMost', 'started'],
  ['deviation.count', 'is', 'started'],
  ['gaps', 'atMost', 'startedInPhase'],
]

/**
 * Checks that the numbers about the arrivals of one phase, at `path` of a stored result, agree with each other. Yields a text, `path: what is wrong`,
 * for each contradiction.
 */
export function* arrivalContradictions(path: string, arrivals: ArrivalMetrics): Generator<string> {
  yield* brokenRules(`${path}.`, arrivals, RULES)
  yield* distributionContradictions(`${path}.deviation`, arrivals.deviation)
  const { due, startedInPhase, plannedPerSecond, achievedPerSecond, gaps, distance } = arrivals
  // Both rates are over the same time.
  if (!isSame((plannedPerSecond ?? 0) * startedInPhase, (achievedPerSecond ?? 0) * due))
    yield `${path}.achievedPerSecond: ${achievedPerSecond}, but ${startedInPhase} of ${due} started in the phase, and plannedPerSecond is ${plannedPerSecond}`
  if (!distance) return
  if (!isSame(distance.critical, 1.628 / Math.sqrt(gaps)))
    yield `${path}.distance.critical: ${distance.critical}, but there are ${gaps} gaps`
  for (const [name, value] of Object.entries(distance))
    if (value !== null && !(value >= 0 && (value <= 1 || name === 'critical')))
      yield `${path}.distance.${name}: ${value} is no distance`
}
