/**
 * 20,000 attempts over five protocols, five hundred in `npm test`: the target of each draws a fate for it, and into some burn injects a fault. Nothing is lost,
 * nothing is counted twice, and every failure class has the number that the targets have counted.
 */
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/exchange.ts'
import { type RunInput, runScenario, type TestRun } from '../support/run.ts'
import { ALL_CASES } from '../support/share.ts'
import { type StormTarget, stormTargets } from './storm-targets.ts'

type Targets = ReadonlyMap<string, StormTarget>

const ATTEMPTS = ALL_CASES ? 20_000 : 500
const USERS = 40

/**
 * A late reset by a target could hit the next request on its connection, and a copy be lost with it. These have a connection of their own then,
 * or, where it is calm, the target breaks none.
 */
const LONE = ['http', 'sse', 'grpc calm']
const FAULTS = [
  { status: [500, 429], probability: '2%' },
  { delay: '1ms..20ms', probability: '2%' },
  { corrupt: '1..8', probability: '2%' },
  { truncate: '10%..90%', probability: '2%' },
  { drop: 'close', after: '0ms..5ms', probability: '2%' },
  { drift: 'add', path: '$.extra', value: 1, probability: '2%', steps: ['http', 'sse', 'websocket', 'mqtt', 'mqtt alone'] },
  { drift: 'remove', path: '$.text', probability: '2%', steps: ['grpc'] },
  { timeout: '5ms..50ms', probability: '2%', steps: [...LONE, 'websocket alone', 'mqtt alone'] },
  { duplicate: '1..3', gap: '0ms..10ms', probability: '5%', steps: [...LONE, 'websocket calm', 'mqtt calm'] },
]

/**
 * The kinds of attempts. Some end their connection: what the target does after a time-out must hit no other attempt. To those that are calm the
 * target does nothing that ends it.
 */
const LANES = [
  ...['http', 'sse', 'websocket', 'grpc', 'mqtt'].map((target) => ({ name: target, target, parts: false })),
  ...['websocket', 'mqtt'].map((target) => ({ name: `${target} alone`, target, parts: true })),
  ...['websocket', 'grpc', 'mqtt'].map((target) => ({ name: `${target} calm`, target, parts: false })),
]
/** The target of each step that sends or ends something, by its place in the scenario. */
const STEP_TARGETS = LANES.flatMap(({ target, parts }) => (parts ? [target, target] : [target]))

/** Class of an attempt that was ok. */
const OK = 'ok'

/** What an attempt that was sent may come to: all that its target and the fault in it leave open. */
function outcomesOf({ fault, reused }: Exchange, target: StormTarget, id: string): readonly string[] {
  const { failure, whenKept } = target.deeds.met.get(id) ?? {}
  const own: readonly string[] = reused && whenKept ? whenKept : [failure ?? OK]
  if (fault === 'timeout') return ['injected_timeout']
  if (fault === 'drop') return [...own, 'injected_drop']
  const isBlamed = fault === 'corrupt' || fault === 'truncate' || fault === 'drift'
  return isBlamed && failure !== undefined ? [`injected_${fault}`] : own
}

/** What the attempts that were not sent may come to, and were not: refused connections, each once. */
function unsent(attempts: TestRun['attempts']): string[] {
  return attempts
    .filter(({ exchange: { sentAt, fault } }) => Number.isNaN(sentAt) && fault !== 'status')
    .map(({ exchange, dimensions }) => `${STEP_TARGETS[dimensions.step]} ${exchange.failure?.class}`)
}

function storm(targets: Targets): Promise<TestRun> {
  const input = {
    name: 'storm',
    seed: 'storm',
    targets: Object.fromEntries([...targets].map(([name, { target }]) => [name, target])),
    load: [{ iterations: ATTEMPTS, users: USERS }],
    // One in each iteration, so that no attempt comes after the failure of another.
    steps: LANES.map(({ name, target, parts }, i) => ({
      if: `iteration.index % ${LANES.length} == ${i}`,
      then: [
        { ...targets.get(target)?.[name.endsWith('calm') ? 'calm' : 'step'], name, target },
        ...(parts ? [{ request: { disconnect: 'abrupt' }, name: `${name} ends`, target }] : []),
      ],
    })),
    faults: FAULTS,
  }
  // Options of five protocols in one literal are more than its type can tell apart.
  return runScenario(input as unknown as RunInput, { allowLag: true })
}

/** Entries as text, each with how often it occurs. */
function tally(entries: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(entries, (entry) => entry)].map(([entry, same]) => [entry, same.length]).toSorted())
}

test('what the targets have done is what the result says, class by class', { timeout: 300_000 }, async () => {
  const targets = await stormTargets()
  onTestFinished(() => Promise.all([...targets.values()].map(({ stop }) => stop())).then(() => {}))
  const { result, attempts } = await storm(targets)

  const { ok, failed } = result.total.counts
  expect(result.total.counts).toEqual({ planned: ATTEMPTS, started: ATTEMPTS, ok, failed, cut: 0, dropped: 0 })
  expect(ok + failed).toBe(ATTEMPTS)

  const classes: string[] = []
  const odd: unknown[] = []
  for (const { exchange, dimensions, start } of attempts) {
    const name = STEP_TARGETS[dimensions.step] ?? ''
    const target = targets.get(name)
    const got = exchange.failure?.class ?? OK
    if (got !== OK) classes.push(`${name} ${got}`)
    if (!target || Number.isNaN(exchange.sentAt)) continue
    const may = outcomesOf(exchange, target, String(start.iteration))
    if (!may.includes(got)) odd.push({ name, iteration: start.iteration, fault: exchange.fault, got, may })
  }
  expect(odd).toEqual([])
  expect(
    tally(
      result.errors.flatMap(({ step, class: failureClass, count }) =>
        Array<string>(count).fill(`${step.replace(/ .*/, '')} ${failureClass}`),
      ),
    ),
  ).toEqual(tally(classes))
  const refused = [...targets].flatMap(([name, { deeds }]) => deeds.refused.map((failureClass) => `${name} ${failureClass}`))
  expect(tally(unsent(attempts))).toEqual(tally(refused))

  expect([...targets.values()].reduce((sum, { deeds }) => sum + deeds.requests, 0)).toBe(result.faults?.sent)
  const injected = classes.filter((name) => name.includes('injected_')).length
  expect(result.faults?.failures).toBe(injected)
  expect(result.errorRate).toBeCloseTo((failed - injected) / (ATTEMPTS - injected), 12)
  expect(result.connectionMetrics.openConnections).toBe(0)
  if (!ALL_CASES) return
  for (const { deeds } of targets.values()) expect(deeds.undone()).toEqual([])
  const timedOut = new Set(classes.filter((one) => one.endsWith(' injected_timeout')))
  expect([...timedOut].sort()).toEqual(['grpc', 'http', 'mqtt', 'sse', 'websocket'].map((name) => `${name} injected_timeout`))
})
