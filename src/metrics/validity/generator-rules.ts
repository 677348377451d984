/** Validity rules about burn itself: late, stopped, throttled or busy. */
import { shapeProblem } from './arrival-shape.ts'
import { percent, reason, type ValidityFacts, type ValidityRule } from './facts.ts'

const LESS_LOAD = 'lower the load, or spread it over more machines'
/**
 * When the event loop is busy for more than this share of the time, and uses more than this share of a CPU, the load itself explains the
 * lateness.
 */
const LOADED = 0.5
/**
 * Returns advice for a run in which burn itself was late: what kept burn from its work, and what to do about it. If a hook blocked burn, the advice
 * is to do less in the hook; if burn was busy, to make less load; and if burn waited for a CPU that other programs used, to give it a CPU of its own.
 */
export function adviceFor(facts: Lateness): string {
  if (hookText(facts) !== '') return LESS_IN_HOOK
  const { loopUtilization, cpuShare, throttledMs = 0 } = facts.health
  return loopUtilization > LOADED && (cpuShare > LOADED || throttledMs > 0)
    ? LESS_LOAD
    : 'the load is small: other work kept burn from its CPU; run it where it has one to itself'
}

type Lateness = Pick<ValidityFacts, 'health' | 'durationMs' | 'longestHook'>

/** Share of the run from which a hook that blocks burn is named in the reason. */
const LONG_HOOK = 0.05
const LESS_IN_HOOK =
  'do less in this hook, or leave the work to a process of its own and wait for that: while a hook computes, nothing is sent or read (README.md, "Hooks of your own")'

/**
 * Returns which hook of the scenario kept the event loop of burn busy longest, as the end of a message: "; the hook beforeSend of sign.mjs computed
 * for 400 ms …". Returns '' when that was less than 5 % of the run.
 */
export function hookText({ longestHook, durationMs }: Lateness): string {
  const { plugin = '', hook = '', blockedMs = 0 } = longestHook ?? {}
  const share = blockedMs / Math.max(1, durationMs)
  return share < LONG_HOOK
    ? ''
    : `; the hook ${hook} of ${plugin} computed for ${Math.round(blockedMs)} ms (${percent(Math.min(1, share))} of the run)`
}

/** Percentiles of the lag from high to low: a single outlier raises only the first, and general lateness also the last. */
const SPREAD = ['p99', 'p95', 'p90', 'p75', 'p50'] as const

/** Smallest number of arrivals whose lag can make a run invalid: the first one or two, while the program starts, say little. */
const FEWEST = 3

/**
 * Largest mean lag, as a multiple of the limit on lag, with which the target still got the planned rate: with a mean of n ms, n in a thousand
 * arrivals start in another second.
 */
const DELIVERED = 2
/** Largest mean lag with which the target still got the planned rate if arrivals have long gaps, as a multiple of the limit on lag. */
const DELIVERED_AT_MOST = 5

/** Largest share of the run that stalls may take if proven thresholds are to excuse them. */
const HICCUP = 0.1

const lag: ValidityRule = (facts, bounds) => {
  const { health, plannedGapMs = 0, proven = false, provenByClean = false } = facts
  const { percentiles, fewSamples, count, mean } = health.lag
  const p99 = percentiles.p99 ?? 0
  if (p99 <= bounds.lagP99Ms) return undefined
  const message = `the generator itself was late: lag p99 ${p99.toFixed(1)} ms, above ${bounds.lagP99Ms} ms`
  // In a short run the p99 is a single arrival: there the highest percentile with enough samples decides.
  const decisive = SPREAD.find((name) => !fewSamples.includes(name)) ?? 'p50'
  const allowedMs = Math.min(DELIVERED_AT_MOST * bounds.lagP99Ms, Math.max(DELIVERED * bounds.lagP99Ms, plannedGapMs))
  const isDelivered = (mean ?? 0) <= allowedMs
  // Thresholds that passed in spite of lateness excuse it, but not a load that the target never got.
  const excused = proven && isDelivered
  const invalid = count >= FEWEST && (percentiles[decisive] ?? 0) > bounds.lagP99Ms && !excused
  return reason(
    invalid ? 'invalid' : 'degraded',
    'lag',
    `${message}${decisive === 'p99' ? '' : ' (few samples)'}${isDelivered ? '' : notDelivered(mean)}${hookText(facts)}${excused ? whyProven(provenByClean) : ''}`,
    `${adviceFor(facts)}; --allow-lag accepts it`,
  )
}

/** Returns the end of a reason for starts that were so late that they fell into other seconds than planned. */
const notDelivered = (mean: number | null) =>
  `; ${mean?.toFixed(0)} ms on average, so that the target did not get the planned rate`

/** Returns the end of a reason that proven thresholds excuse: why the thresholds are proven. */
function whyProven(byClean: boolean): string {
  return byClean
    ? '; every threshold comes out the same without the attempts that this may have touched'
    : '; all thresholds passed all the same, and lateness can only have made that harder'
}

/** Rule: arrivals started too late for the planned shape, but not so late that the rule on lag reports it. */
const arrivalShape: ValidityRule = (facts, { lagP99Ms }) => {
  const { phases = [], health } = facts
  const message = (health.lag.percentiles.p99 ?? 0) > lagP99Ms ? undefined : shapeProblem(phases, lagP99Ms)
  return message === undefined ? undefined : reason('degraded', 'arrival_shape', `${message}${hookText(facts)}`, adviceFor(facts))
}

const stall: ValidityRule = (facts, bounds) => {
  const { health, durationMs, proven = false, provenByClean = false } = facts
  // Stalls are counted from before the first attempt, so their sum can exceed the length of a short run.
  const share = health.stalledMs / Math.max(1, durationMs, health.stalledMs)
  if (health.stalledMs === 0) return undefined
  const message = `the whole process stood still for ${Math.round(health.stalledMs)} ms (${percent(share)} of the run)${hookText(facts)}`
  const long = share > bounds.stalledShare && health.stalledMs > bounds.lagP99Ms
  const excused = long && proven && share <= HICCUP
  return reason(
    long && !excused ? 'invalid' : 'degraded',
    'stall',
    excused ? message + whyProven(provenByClean) : message,
    hookText(facts) === '' ? 'is the machine overloaded, or was burn suspended?' : LESS_IN_HOOK,
  )
}

/** Share of the run during which a CPU limit may stop burn before that is reported. */
const THROTTLED_NOTABLE = 0.02

/** Rule: a CPU limit, as of a container, stopped burn again and again, so that lag and latencies include its pauses. */
const throttled: ValidityRule = ({ health: { throttledMs = 0 }, durationMs, contested = true }) => {
  const share = throttledMs / Math.max(1, durationMs, throttledMs)
  if (share <= THROTTLED_NOTABLE) return undefined
  const message = `a limit on CPU kept burn from running for ${Math.round(throttledMs)} ms (${percent(share)} of the run)`
  return reason(
    contested ? 'invalid' : 'degraded',
    'throttled',
    contested ? `${message}; a threshold may depend on it` : message,
    'give burn more CPU (the limit of its container or service), or lower the load',
  )
}

const busy: ValidityRule = (facts, bounds) => {
  const { health, durationMs } = facts
  // In a shorter run, starting up takes most of the time.
  if (durationMs < 1000 || health.loopUtilization <= 0.8) return undefined
  const message = `the event loop was busy ${percent(health.loopUtilization)} of the time${hookText(facts)}`
  return reason(health.loopUtilization > bounds.loopBusy ? 'invalid' : 'degraded', 'event_loop', message, adviceFor(facts))
}

/** Share of a closed run in which no code of burn ran from which its users have asked the target for far less than they would have. */
const SLOWED = 1 / 3

/** A delay of the event loop above this share of a latency's median may have changed the latency. */
const LARGE_DELAY = 0.25

/**
 * Rule: the event loop was delayed in a closed load. Without arrivals there is no lag to measure, but a slow generator reads replies late, which
 * makes latencies longer, and gaps between pieces that waited together 0. Thresholds that passed with longer latencies excuse this, unless users
 * stood still for much of the time, because then the load was smaller.
 */
const loopDelay: ValidityRule = (facts, bounds) => {
  const { health, durationMs, closedMedians, contested = true } = facts
  const { p99 } = health.loopDelay
  if (!closedMedians || durationMs < 1000) return undefined
  // Both ends of a gap can be late.
  const bound = (metric: string) => (metric === 'itl' ? bounds.lagP99Ms / 2 : bounds.lagP99Ms)
  const [metric, median] =
    Object.entries(closedMedians).find(([name, value]) => p99 > Math.max(bound(name), LARGE_DELAY * value)) ?? []
  if (metric === undefined || median === undefined) return undefined
  const message = `replies were read late: event loop delay p99 ${p99.toFixed(1)} ms, where ${metric} p50 is ${median.toFixed(1)} ms`
  const still = health.disturbedMs / durationMs
  const isSlowed = still > SLOWED
  const why = isSlowed ? `; burn did not run for ${percent(still)} of the time, and asked less of the target` : ''
  return reason(
    contested || isSlowed ? 'invalid' : 'degraded',
    'loop_delay',
    `${message}${why}${hookText(facts)}${contested ? '; a threshold may depend on it' : ''}`,
    hookText(facts) === '' ? 'is the CPU limited, or busy with something else? fewer users, or more CPU for burn' : LESS_IN_HOOK,
  )
}

/** The validity rules that look at burn itself, the load generator: whether it was late, and whether it was too busy. */
export const GENERATOR_RULES: readonly ValidityRule[] = [lag, arrivalShape, stall, throttled, busy, loopDelay]
