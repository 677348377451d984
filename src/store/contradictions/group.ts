import type { NO_COUNTERS } from '../../metrics/counts/counters.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../metrics/groups/catalogue.ts'
import { mergeMetrics } from '../../metrics/groups/merge.ts'
import type { Counts, GroupMetrics } from '../../result/schema.ts'
import { distributionContradictions } from './distribution.ts'
import { isSame, mismatch, partsContradiction } from './figures.ts'

type CounterName = keyof typeof NO_COUNTERS

/** Counters of which the first is a part of the second. */
const PARTS: readonly (readonly [part: CounterName, whole: CounterName])[] = [
  ['timeouts', 'failed'],
  ['authFailures', 'failed'],
  ['failedBlocked', 'failed'],
  ['good', 'ok'],
  ['checksHeld', 'checksMade'],
  ['replies', 'ok'],
  ['repliesEmpty', 'replies'],
  ['repliesUnread', 'replies'],
  ['repliesBlocked', 'replies'],
  ['heldBack', 'dropped'],
  ['cutBeforeFirstByte', 'cut'],
  ['cutBeforeFirstToken', 'cut'],
  ['cutBeforeFirstOutput', 'cut'],
]

/** Yields the places where the figures of one group of attempts do not agree. While `isRunning`, attempts that are in flight may be missing in them. */
export function* groupContradictions(path: string, group: GroupMetrics, isRunning: boolean): Generator<string> {
  yield* countContradictions(`${path}.counts`, group.counts, isRunning)
  yield* counterContradictions(path, group)
  for (const [name, of] of Object.entries(group.distributions))
    yield* distributionContradictions(`${path}.distributions.${name}`, of)
  if (group.failedServiceTime) yield* distributionContradictions(`${path}.failedServiceTime`, group.failedServiceTime)
  const { counts, distributions, failedServiceTime, gapsTogether = 0 } = group
  for (const { name } of ATTEMPT_DISTRIBUTIONS) {
    const { count = 0, leftOut = 0 } = distributions[name] ?? {}
    yield* partsContradiction(`${path}.distributions.${name}: count + leftOut`, count + leftOut, `${path}.counts.ok`, counts.ok)
  }
  yield* partsContradiction(
    `${path}.failedServiceTime.count`,
    failedServiceTime?.count ?? 0,
    `${path}.counts.failed`,
    counts.failed,
  )
  yield* partsContradiction(
    `${path}.gapsTogether`,
    gapsTogether,
    `${path}.distributions.itl.count`,
    distributions.itl?.count ?? 0,
  )
}

function* countContradictions(path: string, counts: Counts, isRunning: boolean): Generator<string> {
  const { planned, started, ok, failed, cut, dropped } = counts
  for (const [name, count] of Object.entries(counts))
    if (!(Number.isSafeInteger(count) && count >= 0)) yield `${path}.${name}: ${count} is no number of attempts`
  // Those in flight have started and have no outcome.
  if (isRunning && started < ok + failed + cut) yield `${path}.started: ${started} is less than ok + failed + cut`
  if (!isRunning) yield* mismatch(`${path}.planned`, planned, ok + failed + cut + dropped, 'ok + failed + cut + dropped is')
  yield* mismatch(`${path}.planned`, planned, started + dropped, 'started + dropped is')
}

/** Counts, shares, rates and bytes are formed from the counters. */
function* counterContradictions(path: string, group: GroupMetrics): Generator<string> {
  const counter = (name: string) => group.counters[name] ?? 0
  for (const [part, whole] of PARTS)
    yield* partsContradiction(`${path}.counters.${part}`, counter(part), `${path}.counters.${whole}`, counter(whole))
  for (const [name, count] of Object.entries(group.countersAfterLoad ?? {}))
    yield* partsContradiction(`${path}.countersAfterLoad.${name}`, count, `${path}.counters.${name}`, counter(name))
  const again = mergeMetrics([{ ...group, distributions: {} }])
  const said = `by ${path}.counters it is`
  for (const [name, count] of Object.entries(again.counts))
    yield* mismatch(`${path}.counts.${name}`, new Map(Object.entries(group.counts)).get(name) ?? 0, count, said)
  for (const key of ['bytesSent', 'bytesReceived'] as const) yield* mismatch(`${path}.${key}`, group[key], again[key], said)
  for (const [name, value] of Object.entries(group.values)) {
    const formed = again.values[name]
    if (formed !== undefined && !isSame(value, formed)) yield `${path}.values.${name}: ${value}, but ${said} ${formed}`
  }
  for (const [name, count] of Object.entries(group.censored ?? {}))
    yield* mismatch(`${path}.censored.${name}`, count, again.censored?.[name] ?? 0, said)
}
