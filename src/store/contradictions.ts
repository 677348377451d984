/**
 * Checks what must be true of every result. A result that contradicts itself was damaged or changed by hand, so none of its figures can be trusted.
 */
import { ANOMALY_COUNTS } from '../anomalies/kinds.ts'
import { EXIT } from '../errors.ts'
import { headlineOf } from '../result/headline.ts'
import type { Counts, GroupMetrics, Result } from '../result/schema.ts'
import { arrivalContradictions } from './contradictions/arrivals.ts'
import { distributionContradictions } from './contradictions/distribution.ts'
import { brokenRules, isSame, mismatch, partsContradiction, type Rule } from './contradictions/figures.ts'
import { groupContradictions } from './contradictions/group.ts'
import { outcomeContradictions } from './contradictions/outcome.ts'
import { thresholdContradictions } from './contradictions/thresholds.ts'

/** The last moment that a date can name, in ms since 1970. */
const LAST_MOMENT_MS = 8.64e15

const RULES: readonly Rule<Result>[] = [
  ['total.windowMs', 'is', 'windowMs'],
  [['iterations.expired', 'iterations.faulted'], 'atMost', 'iterations.failed'],
  ['generator.plannedArrivals', 'atMost', 'iterations.planned'],
  ['generator.startedArrivals', 'atMost', 'generator.plannedArrivals'],
  [['anomalies.failed', 'total.counters.injectedFailed', 'total.counters.failedByLimit'], 'is', 'total.counts.failed'],
  ['anomaliesDetected', 'is', ANOMALY_COUNTS.map((kind) => `anomalies.${kind}` as const)],
  [
    'connectionMetrics.totalConnections',
    'is',
    ['connectionMetrics.successfulConnections', 'connectionMetrics.failedConnections'],
  ],
  ['connectionMetrics.openConnections', 'atMost', 'connectionMetrics.maxOpenConnections'],
  ['connectionMetrics.connectTime.count', 'atMost', 'connectionMetrics.successfulConnections'],
  ['connectionMetrics.bytesSent', 'is', 'total.bytesSent'],
  ['connectionMetrics.bytesReceived', 'is', 'total.bytesReceived'],
  [['retries.firstOk', 'retries.afterRetryOk'], 'atMost', 'retries.exchanges'],
]

/** Rules about a result that hold only after its last iteration has ended. */
const AT_THE_END: readonly Rule<Result>[] = [
  ['iterations.planned', 'is', ['iterations.completed', 'iterations.failed', 'iterations.cut', 'iterations.dropped']],
]

const ERROR_RULES: readonly Rule<Result['errors'][number]>[] = [
  ['onReused', 'atMost', 'count'],
  ['firstMs', 'atMost', 'lastMs'],
]

/**
 * Checks that the numbers in a stored result agree with each other. Returns the first contradiction as `path: what is wrong`; undefined when there
 * is none.
 */
export function contradictionIn(result: Result): string | undefined {
  return contradictionsOf(result).next().value
}

/** Checks that the numbers in a stored result agree with each other. Yields a text, `path: what is wrong`, for each contradiction. */
export function* contradictionsOf(result: Result): Generator<string, undefined> {
  // When a bug in burn ended the run, some attempts may lack an outcome, as in a checkpoint.
  const isRunning = result.status === 'running' || result.exitCodes.includes(EXIT.bug)
  yield* impossibleParts(result, '')
  yield* timeContradictions(result)
  for (const [path, group] of groupsOf(result)) yield* groupContradictions(path, group, isRunning)
  for (const [i, { arrivals }] of result.phases.entries())
    if (arrivals) yield* arrivalContradictions(`phases.${i}.arrivals`, arrivals)
  yield* windowContradictions(result)
  yield* sumContradictions(result)
  yield* brokenRules('', result, isRunning ? RULES : [...AT_THE_END, ...RULES])
  yield* headlineContradictions(result)
  yield* errorContradictions(result, isRunning)
  yield* connectionContradictions(result)
  yield* distributionContradictions('generator.lag', result.generator.lag)
  yield* thresholdContradictions(result)
  yield* outcomeContradictions(result)
  return undefined
}

function* timeContradictions({ startTime, endTime, durationMs }: Result): Generator<string> {
  for (const [name, at] of Object.entries({ startTime, endTime }))
    if (!(at >= 0 && at <= LAST_MOMENT_MS)) yield `${name}: ${at} is no moment in ms since 1970`
  // Both ends are rounded to whole ms.
  if (Math.abs(endTime - startTime - durationMs) > 1)
    yield `endTime: it is ${endTime - startTime} ms after startTime, but durationMs is ${durationMs}`
}

function groupsOf({ total, warmup, steps, phases, tags }: Result): (readonly [path: string, group: GroupMetrics])[] {
  return [
    ['total', total],
    ...(warmup ? [['warmup', warmup] as const] : []),
    ...steps.map((step, i) => [`steps.${i}`, step] as const),
    ...phases.map((phase, i) => [`phases.${i}`, phase] as const),
    ...Object.entries(tags).map(([tag, group]) => [`tags.${tag}`, group] as const),
  ]
}

/**
 * Checks the lengths in ms over which rates are computed: that of the run is the sum of its measured phases, and steps and tags have the same one.
 */
function* windowContradictions({ windowMs, durationMs, steps, phases, tags, shards, shardData }: Result): Generator<string> {
  const measured = phases.filter(({ warmup }) => !warmup).reduce((sum, phase) => sum + phase.windowMs, 0)
  // The parts of a merged run need not have been in a phase at the same time.
  const isMerged = shards !== undefined || (shardData !== undefined && shardData.parts.length > 1)
  if (phases.length > 0 && !isMerged) yield* mismatch('windowMs', windowMs, measured, 'the measured phases together have')
  for (const [i, step] of steps.entries()) yield* mismatch(`steps.${i}.windowMs`, step.windowMs, windowMs, 'windowMs is')
  for (const [tag, group] of Object.entries(tags))
    yield* mismatch(`tags.${tag}.windowMs`, group.windowMs, windowMs, 'windowMs is')
  if (windowMs > durationMs + 1) yield `windowMs: ${windowMs}, but durationMs is ${durationMs}`
}

const COUNTED = ['planned', 'started', 'ok', 'failed', 'cut', 'dropped'] as const

/** Returns the failures in a row of the timeline that do not come from the target, but from injected faults or the scenario's `rateLimit`. */
const notOfTarget = ({ injected = 0, refused = 0 }: Result['timeline'][number]) => injected + refused

/** Checks sums: an attempt is counted in the total, in its phase, in its step, and in each of its tags. */
function* sumContradictions({ total, warmup, steps, phases, tags, timeline }: Result): Generator<string> {
  const sum = (groups: readonly Pick<GroupMetrics, 'counts'>[], key: keyof Counts) =>
    groups.reduce((all, { counts }) => all + (counts[key] ?? 0), 0)
  for (const key of COUNTED) {
    const all = total.counts[key]
    if (phases.length > 0) {
      const measured = phases.filter((phase) => !phase.warmup)
      yield* mismatch(`total.counts.${key}`, all, sum(measured, key), 'the phases together have')
      if (warmup)
        yield* mismatch(`warmup.counts.${key}`, warmup.counts[key], sum(phases, key) - sum(measured, key), 'its phases have')
    }
    yield* partsContradiction(`steps[].counts.${key}`, sum(steps, key), `total.counts.${key}`, all)
    for (const [tag, group] of Object.entries(tags))
      yield* partsContradiction(`tags.${tag}.counts.${key}`, group.counts[key], `total.counts.${key}`, all)
    if (key === 'planned') continue
    const inRows = timeline.reduce((rows, row) => rows + row[key] + (key === 'failed' ? notOfTarget(row) : 0), 0)
    yield* partsContradiction(`timeline[].${key}`, inRows, `${key} of total and warmup`, all + (warmup?.counts[key] ?? 0))
  }
}

/** Checks that the main figures at the top level equal those in `total`. They are null when the run was killed before it had counted anything. */
function* headlineContradictions(result: Result): Generator<string> {
  const { counts } = result.total
  for (const [name, detail] of Object.entries(headlineOf(result.total)) as [
    keyof ReturnType<typeof headlineOf>,
    number | null,
  ][]) {
    const value = result[name]
    const isUnknown = value === null && result.status === 'running' && counts.planned === 0
    if (!isUnknown && !isSame(value, detail)) yield `${name}: ${value}, but by the detail in \`total\` it is ${detail}`
  }
}

/** Checks the list of errors against the total. The list also has failures of setup and teardown, which `total` leaves out. */
function* errorContradictions({ errors, errorTypes, total, steps, durationMs }: Result, isRunning: boolean): Generator<string> {
  for (const [i, error] of errors.entries()) {
    yield* brokenRules(`errors.${i}.`, error, ERROR_RULES)
    yield* partsContradiction(`errors.${i}.lastMs`, error.lastMs, 'durationMs', durationMs + 1)
  }
  const ofAll = errors.reduce((sum, { count }) => sum + count, 0)
  if (!isRunning) yield* partsContradiction('total.counts.failed', total.counts.failed, 'the sum of errors[].count', ofAll)
  const isWhole = steps.length > 0 && !errors.some(({ fingerprint }) => fingerprint === 'other')
  for (const name of isWhole ? new Set(steps.map((step) => step.name)) : []) {
    const counted = errors.filter(({ step }) => step === name).reduce((sum, { count }) => sum + count, 0)
    const failed = steps.filter((step) => step.name === name).reduce((sum, { counts }) => sum + counts.failed, 0)
    yield* partsContradiction(`errors[].count of step ${name}`, counted, 'its failed attempts', failed)
  }
  yield* mismatch('errorTypes', errorTypes, new Set(errors.map((one) => one.class)).size, 'errors have')
}

function* connectionContradictions({ connectionMetrics: metrics }: Result): Generator<string> {
  const [average, mean] = [metrics.averageConnectionTime, metrics.connectTime?.mean ?? null]
  if (!isSame(average, mean)) yield `connectionMetrics.averageConnectionTime: ${average}, but the mean of connectTime is ${mean}`
  for (const [name, value] of Object.entries(metrics))
    if (typeof value === 'object' && value !== null) yield* distributionContradictions(`connectionMetrics.${name}`, value)
}

/** The parts of a result that may hold numbers below zero. */
const SIGNED: ReadonlySet<string> = new Set(['thresholds', 'baseline', 'anomalyGroups'])

/**
 * Yields each number below zero in parts where that is impossible, such as counts, times and sizes; limits of thresholds, changes from a baseline and
 * drifts may be negative. Also yields the key `__proto__`, which a schema does not report.
 */
function* impossibleParts(value: unknown, path: string): Generator<string> {
  if (typeof value === 'number' && value < 0) yield `${path}: ${value} is below zero`
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (key === '__proto__') yield `${at}: burn writes no key of that name`
    if (!SIGNED.has(key)) yield* impossibleParts(item, at)
  }
}
