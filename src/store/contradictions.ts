/** Results that contradict themselves: they were changed by hand, or damaged, and none of their figures can be believed. */
import { EXIT, InputError } from '../errors.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import type { Counts, Distribution, GroupMetrics, Result } from '../result/schema.ts'

/** The last moment that a date can name, in ms since 1970. */
const LAST_MOMENT_MS = 8.64e15
/** Two figures that are the same may differ by this share of them: not every writer keeps all digits. */
const SAME = 1e-6

/** Returns the first field of a result that cannot be true together with the others, as `path: what is wrong`; undefined when all fit together. */
export function contradictionIn(result: Result): string | undefined {
  return contradictionsOf(result).next().value
}

function* contradictionsOf(result: Result): Generator<string, undefined> {
  // Where a bug of burn's ended the run, attempts may be without an outcome as they are in a checkpoint.
  const isRunning = result.status === 'running' || result.exitCodes.includes(EXIT.bug)
  yield* timeContradictions(result)
  for (const [path, group] of groupsOf(result)) {
    yield* countContradictions(`${path}.counts`, group.counts, isRunning)
    for (const [name, of] of Object.entries(group.distributions))
      yield* distributionContradictions(`${path}.distributions.${name}`, of)
    if (group.failedServiceTime) yield* distributionContradictions(`${path}.failedServiceTime`, group.failedServiceTime)
  }
  const { planned, completed, failed, cut, dropped } = result.iterations
  if (!isRunning) yield* sumContradictions('iterations.planned', planned, { completed, failed, cut, dropped })
  yield* headlineContradictions(result)
  for (const [name, value] of Object.entries(result.connectionMetrics))
    if (typeof value === 'object' && value !== null) yield* distributionContradictions(`connectionMetrics.${name}`, value)
  yield* distributionContradictions('generator.lag', result.generator.lag)
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

function* countContradictions(path: string, counts: Counts, isRunning: boolean): Generator<string> {
  const { planned, started, ok, failed, cut, dropped } = counts
  for (const [name, count] of Object.entries(counts))
    if (!(Number.isSafeInteger(count) && count >= 0)) yield `${path}.${name}: ${count} is no number of attempts`
  // Those in flight have started and have no outcome.
  if (isRunning && started < ok + failed + cut) yield `${path}.started: ${started} is less than ok + failed + cut`
  if (!isRunning) yield* sumContradictions(`${path}.planned`, planned, { ok, failed, cut, dropped })
  yield* sumContradictions(`${path}.planned`, planned, { started, dropped })
}

function* sumContradictions(path: string, whole: number, parts: Readonly<Record<string, number>>): Generator<string> {
  const sum = Object.values(parts).reduce((total, part) => total + part, 0)
  if (whole !== sum) yield `${path}: ${whole}, but ${Object.keys(parts).join(' + ')} is ${sum}`
}

function* distributionContradictions(path: string, distribution: Distribution): Generator<string> {
  const { count, min, max, mean, percentiles } = distribution
  if (count === 0 && distribution.histogram === '') return
  const negative = Object.entries({ count, min, max, mean }).find(([, value]) => value !== null && value < 0)
  if (negative) {
    yield `${path}.${negative[0]}: ${negative[1]} is below zero`
    return
  }
  try {
    Histogram.of(distribution)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    yield `${path}.histogram: ${error.message}`
  }
  for (const [name, value] of Object.entries(percentiles))
    if (value !== null && (value < (min ?? value) || value > (max ?? value)))
      yield `${path}.percentiles.${name}: ${value} is not between min and max`
}

/** The plain fields at the top say the same as the detail. */
function* headlineContradictions(result: Result): Generator<string> {
  const { counts, values, distributions } = result.total
  const response = distributions.response_time
  const same = {
    totalMessages: counts.planned,
    successfulMessages: counts.ok,
    failedMessages: counts.failed,
    averageLatencyMs: response?.mean ?? null,
    p95LatencyMs: response?.percentiles.p95 ?? null,
    p99LatencyMs: response?.percentiles.p99 ?? null,
    throughputQps: values.rate ?? 0,
    errorRate: values.errors ?? null,
  }
  for (const [name, detail] of Object.entries(same) as [keyof typeof same, number | null][]) {
    const value = result[name]
    if (!isSame(value, detail)) yield `${name}: ${value}, but by the detail in \`total\` it is ${detail}`
  }
}

function isSame(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b)))
}
