/** Whether the numbers can be believed: was the generator itself the bottleneck, or did it deliver less than it planned? */
import type { Counts, GeneratorHealth, ValidityReason } from './result.ts'

/** Bounds beyond which a measurement is not valid. `lagP99Ms` can be widened by --allow-lag. */
export interface ValidityBounds {
  readonly lagP99Ms: number
  readonly dropped: number
  readonly stalledShare: number
  readonly loopBusy: number
  readonly local: number
}

export const DEFAULT_BOUNDS: ValidityBounds = { lagP99Ms: 10, dropped: 0.001, stalledShare: 0.005, loopBusy: 0.95, local: 0.001 }

/** What validity is judged from. */
export interface ValidityFacts {
  readonly health: GeneratorHealth
  readonly counts: Counts
  readonly durationMs: number
  /** Failures that are this side's doing, by class. */
  readonly localFailures: ReadonlyMap<string, number>
}

type Rule = (facts: ValidityFacts, bounds: ValidityBounds) => ValidityReason | undefined

const reason = (level: ValidityReason['level'], code: string, message: string, hint: string): ValidityReason => ({
  level,
  code,
  message,
  hint,
})
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`
const LESS_LOAD = 'lower the load on this machine, or split it with --shard'

const lag: Rule = ({ health }, bounds) => {
  const { percentiles, fewSamples } = health.lag
  const p99 = percentiles.p99 ?? 0
  if (p99 <= bounds.lagP99Ms) return undefined
  const message = `the generator itself was late: lag p99 ${p99.toFixed(1)} ms, above ${bounds.lagP99Ms} ms`
  // The p99 of a short run is its one worst arrival, which says little: there a tenth has to be late.
  const few = fewSamples.includes('p99')
  const invalid = !few || (percentiles.p90 ?? 0) > bounds.lagP99Ms
  return reason(
    invalid ? 'invalid' : 'degraded',
    'lag',
    few ? `${message} (few samples)` : message,
    `${LESS_LOAD}; --allow-lag accepts it`,
  )
}

/** A stall is lateness too: who accepts a second of lag accepts a second of standing still. */
const stall: Rule = ({ health, durationMs }, bounds) => {
  const share = health.stalledMs / Math.max(1, durationMs)
  if (health.stalledMs === 0) return undefined
  const message = `the whole process stood still for ${Math.round(health.stalledMs)} ms (${percent(share)} of the run)`
  return reason(
    share > bounds.stalledShare && health.stalledMs > bounds.lagP99Ms ? 'invalid' : 'degraded',
    'stall',
    message,
    'is the machine overloaded, or was burn suspended?',
  )
}

const busy: Rule = ({ health, durationMs }, bounds) => {
  // Shorter than this, starting up is most of the run.
  if (durationMs < 1000 || health.loopUtilization <= 0.8) return undefined
  const message = `the event loop was busy ${percent(health.loopUtilization)} of the time`
  return reason(health.loopUtilization > bounds.loopBusy ? 'invalid' : 'degraded', 'event_loop', message, LESS_LOAD)
}

const dropped: Rule = ({ counts }, bounds) => {
  const share = counts.planned === 0 ? 0 : counts.dropped / counts.planned
  if (share <= bounds.dropped) return undefined
  const message = `${counts.dropped} of ${counts.planned} planned attempts (${percent(share)}) never started: no user was free for them`
  return reason('invalid', 'dropped', message, 'more users (maxUsers), or a rate (pace) that the target keeps up with')
}

const local: Rule = ({ counts, localFailures }, bounds) => {
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

const RULES: readonly Rule[] = [lag, stall, busy, dropped, local]

/** The reasons against these numbers, worst first; none when they can be believed. */
export function judgeValidity(facts: ValidityFacts, bounds: ValidityBounds): ValidityReason[] {
  const found = RULES.map((rule) => rule(facts, bounds)).filter((r) => r !== undefined)
  return found.sort((a, b) => Number(b.level === 'invalid') - Number(a.level === 'invalid'))
}
