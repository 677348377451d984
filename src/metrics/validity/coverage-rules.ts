/** Validity rules about planned work that was not measured: dropped, late, cut, or failed on this machine. */
import type { ValidityReason } from '../../result/schema.ts'
import { percent, reason, shareOf, type ValidityBounds, type ValidityFacts, type ValidityRule } from './facts.ts'
import { adviceFor, hookText } from './generator-rules.ts'
import type { ReasonCode } from './validity-reasons.ts'

/** Share of censored attempts above which even the p99 may be one of the missing values. */
const CENSORED_NOTABLE = 0.01

/** Returns the number of planned iterations. Dropped iterations are compared with it, because one iteration can make many attempts. */
const plannedIterations = ({ iterations, counts }: ValidityFacts) =>
  iterations.iterationsEnded + iterations.iterationsCut + counts.dropped

/** Rule: iterations never started because no user was free or burn was late, so the target got less load than planned. */
const dropped: ValidityRule = (facts, bounds) => {
  const count = facts.counts.dropped - facts.lateIterations - (facts.droppedAtStop ?? 0) - (facts.droppedByLimit ?? 0)
  const planned = plannedIterations(facts)
  const share = shareOf(count, planned)
  if (share <= bounds.dropped) return undefined
  const neverStarted = `${count} of ${planned} planned iterations (${percent(share)}) never started`
  if ((facts.droppedBehind ?? 0) * 2 > count) {
    return reason('invalid', 'dropped', `${neverStarted}: burn was behind its timetable${hookText(facts)}`, adviceFor(facts))
  }
  const message = `${neverStarted}: no user was free for them in time`
  return reason('invalid', 'dropped', message, 'more users (users, maxUsers), more time (for), or a lower rate')
}

/** Rule: attempts still waited under `rateLimit` when the run ended. They are in no latency, and would be among the slowest. */
const leftAtLimit: ValidityRule = ({ counts, interrupted, leftAtLimit: count = 0 }, bounds) =>
  censored(count, counts.planned, interrupted, bounds, 'dropped', {
    what: 'attempts still waited for rateLimit when the run ended: their latencies, among the slowest, are in no percentile',
    hint: 'a load below the limit, or whenFull: drop',
  })

/**
 * Rule: iterations of paced users never started because their user was busy until the phase ended. The wait of late iterations is in response_time;
 * only those that never started are missing from it. The bound is the same as for cut attempts.
 */
const lateIterations: ValidityRule = (facts, bounds) =>
  censored(facts.lateIterations, plannedIterations(facts), facts.interrupted, bounds, 'held_back', {
    what: 'iterations never started: their users still waited for a reply when the phase ended',
    hint: 'the target does not keep the pace: more users with a slower pace, or a longer phase',
  })

/**
 * Rule: the end of the run cut attempts, which are in no latency and would be among the slowest. The rule does not apply to a run that ended as
 * saturated, because it has failed for the same cause.
 */
const cut: ValidityRule = ({ counts, interrupted, saturated = false }, bounds) => {
  const found = censored(counts.cut, counts.planned, interrupted, bounds, 'cut', {
    what: 'attempts were cut by the end of the run: their latencies, among the slowest, are in no percentile',
    hint: 'a longer graceful, so that what is in flight may finish',
  })
  return found && saturated ? { ...found, level: 'degraded' } : found
}

function censored(
  count: number,
  planned: number,
  interrupted: boolean,
  bounds: ValidityBounds,
  code: ReasonCode,
  text: { readonly what: string; readonly hint: string },
): ValidityReason | undefined {
  const share = shareOf(count, planned)
  if (interrupted || share <= CENSORED_NOTABLE) return undefined
  const message = `${count} of ${planned} planned (${percent(share)}) ${text.what}`
  return reason(share > bounds.censored ? 'invalid' : 'degraded', code, message, text.hint)
}

const local: ValidityRule = ({ counts, localFailures }, bounds) => {
  const count = [...localFailures.values()].reduce((sum, n) => sum + n, 0)
  if (count === 0) return undefined
  const classes = [...localFailures].map(([name, n]) => `${name} ×${n}`).join(', ')
  const level = count / Math.max(1, counts.started) > bounds.local ? 'invalid' : 'degraded'
  return reason(
    level,
    'local',
    `${count} attempts failed on this side, not the target's: ${classes}`,
    'see the errors for what to do',
  )
}

/** Rule: iterations ended because a template or condition between two attempts failed. */
const scenarioErrors: ValidityRule = ({ iterations: { iterationsFaulted: count, iterationsEnded: ended } }, bounds) => {
  if (count === 0) return undefined
  const level = count / Math.max(1, ended) > bounds.local ? 'invalid' : 'degraded'
  const message = `${count} of ${ended} iterations ended because a template or condition of the scenario failed`
  return reason(level, 'local', message, 'see the notes for which, and correct the scenario')
}

/** The validity rules that look for planned work that was not measured, such as dropped iterations. */
export const COVERAGE_RULES: readonly ValidityRule[] = [dropped, leftAtLimit, lateIterations, cut, local, scenarioErrors]
