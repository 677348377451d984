/** Whether the numbers can be believed: was the generator itself the bottleneck, or did it deliver less than it planned? */

import type { Counts, GeneratorHealth, ValidityReason } from '../result/schema.ts'
import { type ArrivalPhase, shapeProblem } from './arrival-shape.ts'
import type { IterationCounters } from './counts/iterations.ts'
import type { ReasonCode } from './validity-reasons.ts'

/** The limits beyond which the numbers of a run count as invalid, such as burn's own lateness (`lagP99Ms`, which `--allow-lag` raises). */
export interface ValidityBounds {
  readonly lagP99Ms: number
  readonly dropped: number
  /** Share of the attempts that the end of the run cut, so that no latency includes them. */
  readonly censored: number
  readonly stalledShare: number
  readonly loopBusy: number
  readonly local: number
}

/** The default limits beyond which the numbers of a run count as invalid. */
export const DEFAULT_BOUNDS: ValidityBounds = {
  lagP99Ms: 10,
  dropped: 0.001,
  censored: 0.1,
  stalledShare: 0.005,
  loopBusy: 0.95,
  local: 0.001,
}
/** Share of censored attempts above which even the p99 may be one of the missing values. */
const CENSORED_NOTABLE = 0.01

/** The facts about a run that decide whether its numbers are valid. */
export interface ValidityFacts {
  readonly health: GeneratorHealth
  readonly counts: Counts
  /** The phases that have begun, with when their arrivals started. */
  readonly phases?: readonly ArrivalPhase[]
  readonly durationMs: number
  /** The number of failures whose cause lies in burn or this machine, by failure class (`local_…`). */
  readonly localFailures: ReadonlyMap<string, number>
  /** Counts of the iterations in load phases that are not warm-ups. */
  readonly iterations: Readonly<IterationCounters>
  /** Names of the message steps in whose ok replies burn never found a text. */
  readonly textless?: readonly string[]
  /** The message steps in some of whose ok replies burn did not find the text. */
  readonly unread?: readonly UnreadStep[]
  /** The number of replies before which messages came that belong to no request. */
  readonly unasked?: number
  /** The number of iterations that never started because their user, who has a pace, still waited for a reply when the phase ended. */
  readonly lateIterations: number
  /** The number of iterations that never started because a rule, a threshold or a signal ended the run early, not for want of users. */
  readonly droppedAtStop?: number
  /** The number of arrivals that never started because burn itself was behind its timetable, not for want of users. */
  readonly droppedBehind?: number
  /** True when every threshold passed although burn's lateness can only have made that harder. */
  readonly proven?: boolean
  /** True when burn's own lateness may have made a threshold pass or fail. */
  readonly contested?: boolean
  /** Medians, in ms, of metrics of a closed load (service_time, ttft, itl). Undefined for an open load, whose lateness shows as lag. */
  readonly closedMedians?: Readonly<Record<string, number>>
  /** True when the user ended the run; then attempts that were cut say nothing about the scenario. */
  readonly interrupted: boolean
}

/** A message step whose replies were ok, although burn found no text in them. */
export interface UnreadStep {
  readonly step: string
  readonly count: number
  /** The number of ok replies of the step, of which `count` had no text that was found. */
  readonly of: number
  /** A description of what one of these replies held instead. Untrusted; undefined when not known. */
  readonly what: string | undefined
}

type ValidityRule = (facts: ValidityFacts, bounds: ValidityBounds) => ValidityReason | undefined

const reason = (level: ValidityReason['level'], code: ReasonCode, message: string, hint: string): ValidityReason => ({
  level,
  code,
  message,
  hint,
})
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`
const LESS_LOAD = 'lower the load, or spread it over more machines'
/** Share of time that the event loop is busy above which the load itself explains its lateness. */
const LOADED = 0.5
/** Advice on lateness: less load, or, when the loop was mostly idle, a CPU without other work. */
const adviceFor = ({ loopUtilization }: GeneratorHealth) =>
  loopUtilization > LOADED ? LESS_LOAD : 'the load is small: other work kept burn from its CPU; run it where it has one to itself'

/** Percentiles of lag from the highest down: an outlier moves the first, only general lateness the last. */
const SPREAD = ['p99', 'p95', 'p90', 'p75', 'p50'] as const

/** Fewest samples of lag that can make a run invalid: one or two arrivals, while the program starts, say little. */
const FEWEST = 3

/** Share of the run that stalls may take and still be excused by proven thresholds. */
const HICCUP = 0.1

const lag: ValidityRule = ({ health, proven = false }, bounds) => {
  const { percentiles, fewSamples, count } = health.lag
  const p99 = percentiles.p99 ?? 0
  if (p99 <= bounds.lagP99Ms) return undefined
  const message = `the generator itself was late: lag p99 ${p99.toFixed(1)} ms, above ${bounds.lagP99Ms} ms`
  // In a short run the p99 is a single arrival: there the highest percentile with enough samples decides.
  const decisive = SPREAD.find((name) => !fewSamples.includes(name)) ?? 'p50'
  // Thresholds that passed in spite of lateness excuse it, when at least half of the arrivals were on time.
  const excused = proven && (percentiles.p50 ?? 0) <= bounds.lagP99Ms
  const invalid = count >= FEWEST && (percentiles[decisive] ?? 0) > bounds.lagP99Ms && !excused
  return reason(
    invalid ? 'invalid' : 'degraded',
    'lag',
    `${message}${decisive === 'p99' ? '' : ' (few samples)'}${excused ? BOUNDS_HOLD : ''}`,
    `${adviceFor(health)}; --allow-lag accepts it`,
  )
}

/** Added to a reason that is excused by proven thresholds. */
const BOUNDS_HOLD = '; all thresholds passed all the same, and lateness can only have made that harder'

/** Arrivals that were late enough to change their shape, but not so late that `lag` says it. */
const arrivalShape: ValidityRule = ({ phases = [], health }, { lagP99Ms }) => {
  const message = (health.lag.percentiles.p99 ?? 0) > lagP99Ms ? undefined : shapeProblem(phases, lagP99Ms)
  return message === undefined ? undefined : reason('degraded', 'arrival_shape', message, adviceFor(health))
}

const stall: ValidityRule = ({ health, durationMs, proven = false }, bounds) => {
  // Stalls are counted from before the first attempt on, so that a short run may be shorter than they are.
  const share = health.stalledMs / Math.max(1, durationMs, health.stalledMs)
  if (health.stalledMs === 0) return undefined
  const message = `the whole process stood still for ${Math.round(health.stalledMs)} ms (${percent(share)} of the run)`
  const long = share > bounds.stalledShare && health.stalledMs > bounds.lagP99Ms
  const excused = long && proven && share <= HICCUP
  return reason(
    long && !excused ? 'invalid' : 'degraded',
    'stall',
    excused ? message + BOUNDS_HOLD : message,
    'is the machine overloaded, or was burn suspended?',
  )
}

const busy: ValidityRule = ({ health, durationMs }, bounds) => {
  // In a shorter run, starting up takes most of the time.
  if (durationMs < 1000 || health.loopUtilization <= 0.8) return undefined
  const message = `the event loop was busy ${percent(health.loopUtilization)} of the time`
  return reason(health.loopUtilization > bounds.loopBusy ? 'invalid' : 'degraded', 'event_loop', message, LESS_LOAD)
}

/** A delay of the event loop above this share of a median may have changed it. */
const LARGE_DELAY = 0.25

/**
 * Delay of the event loop in a closed load. Without arrivals there is no lag to measure: a generator that is slow or throttled just reads
 * every reply late, which makes latencies longer, and gaps between pieces that waited together 0.
 */
const loopDelay: ValidityRule = ({ health, durationMs, closedMedians, contested = true }, bounds) => {
  const { p99 } = health.loopDelay
  if (!closedMedians || durationMs < 1000 || p99 <= bounds.lagP99Ms) return undefined
  const [metric, median] = Object.entries(closedMedians).find(([, value]) => p99 > LARGE_DELAY * value) ?? []
  if (metric === undefined || median === undefined) return undefined
  const message = `replies were read late: event loop delay p99 ${p99.toFixed(1)} ms, where ${metric} p50 is ${median.toFixed(1)} ms`
  return reason(
    contested ? 'invalid' : 'degraded',
    'loop_delay',
    contested ? `${message}; a threshold may depend on it` : message,
    'is the CPU limited, or busy with something else? fewer users, or more CPU for burn',
  )
}

const shareOf = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)

/** Planned iterations: dropped ones are compared with them, not with attempts, of which an iteration may make many. */
const plannedIterations = ({ iterations, counts }: ValidityFacts) =>
  iterations.iterationsEnded + iterations.iterationsCut + counts.dropped

/** Iterations that never started, for want of a free user or because burn was late: the target got less load than planned. */
const dropped: ValidityRule = (facts, bounds) => {
  const count = facts.counts.dropped - facts.lateIterations - (facts.droppedAtStop ?? 0)
  const planned = plannedIterations(facts)
  const share = shareOf(count, planned)
  if (share <= bounds.dropped) return undefined
  const neverStarted = `${count} of ${planned} planned iterations (${percent(share)}) never started`
  if ((facts.droppedBehind ?? 0) * 2 > count) {
    return reason('invalid', 'dropped', `${neverStarted}: burn was behind its timetable`, adviceFor(facts.health))
  }
  const message = `${neverStarted}: no user was free for them in time`
  return reason('invalid', 'dropped', message, 'more users (users, maxUsers), more time (for), or a lower rate')
}

/**
 * Late iterations of paced users. When replies are slow, a user starts its next iteration late, and the wait is in response_time; only those
 * that have not started when the phase ends are missing from it, as cut attempts are. The same bound applies to both.
 */
const lateIterations: ValidityRule = (facts, bounds) =>
  censored(facts.lateIterations, plannedIterations(facts), facts.interrupted, bounds, 'held_back', {
    what: 'iterations never started: their users still waited for a reply when the phase ended',
    hint: 'the target does not keep the pace: more users with a slower pace, or a longer phase',
  })

/** Attempts cut by the end of the run: they are in no latency, and would be among the slowest. */
const cut: ValidityRule = ({ counts, interrupted }, bounds) =>
  censored(counts.cut, counts.planned, interrupted, bounds, 'cut', {
    what: 'attempts were cut by the end of the run: their latencies, among the slowest, are in no percentile',
    hint: 'a longer graceful, so that what is in flight may finish',
  })

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

/** Iterations that a template or condition between two attempts ended. */
const scenarioErrors: ValidityRule = ({ iterations: { iterationsFaulted: count, iterationsEnded: ended } }, bounds) => {
  if (count === 0) return undefined
  const level = count / Math.max(1, ended) > bounds.local ? 'invalid' : 'degraded'
  const message = `${count} of ${ended} iterations ended because a template or condition of the scenario failed`
  return reason(level, 'local', message, 'see the notes for which, and correct the scenario')
}

/** Steps without any reply whose text was found: their token metrics mean nothing. */
const textless: ValidityRule = ({ textless: steps = [], unread = [] }) => {
  if (steps.length === 0) return undefined
  const message = `no text was found in any reply to ${steps.join(', ')}${whatOf(unread)}: tokens, times to the first of them and checks of the text say nothing`
  return reason('degraded', 'text_not_found', message, WHERE_TEXT_IS)
}

/** Share of a step's replies without found text above which it is reported. */
const UNREAD_NOTABLE = 0.01

/** Steps with some replies whose text was not found: token metrics leave those out. */
const unread: ValidityRule = ({ unread: steps = [], textless: all = [] }) => {
  const some = steps.filter(({ step, count, of }) => !all.includes(step) && shareOf(count, of) > UNREAD_NOTABLE)
  if (some.length === 0) return undefined
  const counts = some.map(({ step, count, of }) => `${count} of ${of} replies to ${step}`).join(', ')
  const message = `the text of ${counts} was not found${whatOf(some)}: times to the first token leave them out`
  return reason('degraded', 'text_not_found', message, WHERE_TEXT_IS)
}

const WHERE_TEXT_IS =
  'see the reply with `burn ping`: another preset or dialect may read it, or map it with target.response (dialect: generic)'

function whatOf(steps: readonly UnreadStep[]): string {
  const what = steps.find((step) => step.what !== undefined)?.what
  return what === undefined ? '' : ` (${what})`
}

/** Share of replies preceded by unasked messages above which it is reported. */
const UNASKED_NOTABLE = 0.01

const unasked: ValidityRule = ({ unasked: count = 0, counts }) => {
  const replies = counts.ok + counts.failed
  if (count === 0 || shareOf(count, replies) <= UNASKED_NOTABLE) return undefined
  const message = `before ${count} of ${replies} replies (${percent(count / replies)}) more messages came after the reply before was complete: what ends a reply may not be what was taken for it`
  return reason('degraded', 'unasked_frames', message, `${WHAT_ENDS_A_REPLY}; \`burn ping\` counts what comes late`)
}
const WHAT_ENDS_A_REPLY =
  'say which message ends a reply: target.response.end, for request steps websocket.reply.until; or ids: websocket.reply.match'

const RULES: readonly ValidityRule[] = [
  lag,
  arrivalShape,
  stall,
  busy,
  loopDelay,
  dropped,
  lateIterations,
  cut,
  local,
  scenarioErrors,
  textless,
  unread,
  unasked,
]

/** Returns the reasons why the numbers of a run may be wrong, worst first; empty when they are valid. */
export function evaluateValidity(facts: ValidityFacts, bounds: ValidityBounds): ValidityReason[] {
  const found = RULES.map((rule) => rule(facts, bounds)).filter((r) => r !== undefined)
  return found.sort((a, b) => Number(b.level === 'invalid') - Number(a.level === 'invalid'))
}
