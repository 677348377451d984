import type { NO_COUNTERS } from '../../metrics/counts/counters.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../metrics/groups/catalogue.ts'
import { mergeMetrics } from '../../metrics/groups/merge.ts'
import type { GroupMetrics } from '../../result/schema.ts'
import { distributionContradictions } from './distribution.ts'
import { brokenRules, isSame, mismatch, partsContradiction, type Rule } from './figures.ts'

type CounterName = keyof typeof NO_COUNTERS

/** Pairs of counters. The first one counts a part of what the second one counts, so it cannot be larger than that. */
const PARTS: readonly (readonly [part: CounterName, whole: CounterName])[] = [
  ['timeouts', 'failed'],
  ['authFailures', 'failed'],
  ['failedBlocked', 'failed'],
  ['good', 'ok'],
  ['checksHeld', 'checksMade'],
  ['injectedFailed', 'failed'],
  ['failedAfterFault', 'injectedFailed'],
  ['okAfterFault', 'ok'],
  ['goodAfterFault', 'okAfterFault'],
  ['checksAfterFault', 'checksHeld'],
  ['replies', 'ok'],
  ['repliesEmpty', 'replies'],
  ['repliesUnread', 'replies'],
  ['repliesBlocked', 'replies'],
  ['heldBack', 'dropped'],
  ['droppedByLimit', 'dropped'],
  ['failedByLimit', 'failed'],
  ['cutBeforeFirstByte', 'cut'],
  ['cutBeforeFirstToken', 'cut'],
  ['cutBeforeFirstOutput', 'cut'],
]

const RULES: readonly Rule<GroupMetrics>[] = [
  ['counts.planned', 'is', ['counts.started', 'counts.dropped']],
  ...PARTS.map(([part, whole]) => [`counters.${part}`, 'atMost', `counters.${whole}`] as const),
  ...ATTEMPT_DISTRIBUTIONS.map(
    ({ name }) => [[`distributions.${name}.count`, `distributions.${name}.leftOut`], 'atMost', 'counts.ok'] as const,
  ),
  ['failedServiceTime.count', 'atMost', 'counts.failed'],
  ['gapsTogether', 'atMost', 'distributions.itl.count'],
  ...(['ok', 'failed', 'cut'] as const).map((name) => [`tainted.${name}`, 'atMost', `counts.${name}`] as const),
  ...ATTEMPT_DISTRIBUTIONS.map(
    ({ name }) => [`tainted.distributions.${name}.count`, 'atMost', `distributions.${name}.count`] as const,
  ),
]

/** Rules that hold while attempts are in flight, which have started and have no outcome yet. */
const WHILE_RUNNING: readonly Rule<GroupMetrics>[] = [[['counts.ok', 'counts.failed', 'counts.cut'], 'atMost', 'counts.started']]
const AT_THE_END: readonly Rule<GroupMetrics>[] = [
  ['counts.planned', 'is', ['counts.ok', 'counts.failed', 'counts.cut', 'counts.dropped']],
]

/**
 * Checks that the numbers of one group of attempts in a stored result agree with each other, and yields a text for each contradiction. With
 * `isRunning`, attempts in flight may be missing from the numbers.
 */
export function* groupContradictions(path: string, group: GroupMetrics, isRunning: boolean): Generator<string> {
  for (const [name, count] of Object.entries(group.counts))
    if (!(Number.isSafeInteger(count) && count >= 0)) yield `${path}.counts.${name}: ${count} is no number of attempts`
  yield* brokenRules(`${path}.`, group, [...(isRunning ? WHILE_RUNNING : AT_THE_END), ...RULES])
  yield* counterContradictions(path, group)
  for (const [name, of] of Object.entries(group.distributions))
    yield* distributionContradictions(`${path}.distributions.${name}`, of)
  for (const [name, of] of Object.entries(group.tainted?.distributions ?? {}))
    yield* distributionContradictions(`${path}.tainted.distributions.${name}`, of)
  if (group.failedServiceTime) yield* distributionContradictions(`${path}.failedServiceTime`, group.failedServiceTime)
}

/** Yields the counts, shares, rates and bytes of a group that differ from those computed from its counters. */
function* counterContradictions(path: string, group: GroupMetrics): Generator<string> {
  const counter = (name: string) => group.counters[name] ?? 0
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
