/** A run in virtual time, whole and in shares: on what the shares saw together, alerts and thresholds come out as in the one process. */
import { describe, expect, test } from 'vitest'
import { type Figures, type ProcessSecond, SecondReader } from '../../../src/cli/workers/figures.ts'
import { ofFirstAlone, type WholeSecond, WholeWatch } from '../../../src/cli/workers/whole-watch.ts'
import { now } from '../../../src/clock.ts'
import { dimensionsOf } from '../../../src/engine/outcome/dimensions.ts'
import type { LiveThresholds } from '../../../src/engine/outcome/evaluators.ts'
import type { RunState } from '../../../src/engine/outcome/run-state.ts'
import { AlertWatch } from '../../../src/engine/watch/alerts.ts'
import { Recorder } from '../../../src/metrics/recorder.ts'
import type { Threshold } from '../../../src/metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../../src/result/schema.ts'
import type { Share } from '../../../src/statistics/parts/share.ts'
import { planOf, type RunInput } from '../../support/run.ts'
import { MemoryTarget, runVirtual } from '../../support/virtual.ts'

/** Requests 60 to 119 take a second, and fail. */
const reply = ({ body }: { readonly body: unknown }) => {
  const number = Number(/\d+/.exec(String(body))?.[0])
  return number >= 60 && number < 120
    ? { headMs: 1000, status: 503, pieces: [[1, 'busy']] as [number, string][] }
    : { headMs: 40 + (number % 7), pieces: [[3, 'fine']] as [number, string][] }
}

function scenario(url: string, own: Partial<RunInput> = {}): RunInput {
  return {
    name: 'followed',
    target: { url, protocol: 'memory' as never },
    load: [{ rate: '20/s', for: '12s', maxUsers: 60 }],
    steps: [{ request: { say: 'request {{iteration.index}}' } as never }],
    // What no share reaches by itself is among them.
    alerts: [
      'in_flight > 15 in 1s',
      'errors > 50% in 2s',
      'rate < 15/s in 2s',
      'response_time p95 > 45ms in 3s',
      'queued > 0 in 1s',
    ],
    thresholds: [
      'response_time p95 < 900ms',
      { threshold: 'errors ratio < 30%', window: '3s' },
      { threshold: 'errors count < 35', abort: true },
    ],
    ...own,
  }
}

/** What was seen of a run: its alerts, thresholds and seconds. */
interface Seen {
  readonly alerts: AlertWatch['raised']
  readonly thresholds: (ThresholdResult | undefined)[][]
  readonly seconds: NonNullable<Figures['second']>['row'][]
  readonly ended: Threshold['text'][]
}

async function alone(): Promise<Omit<Seen, 'ended'>> {
  const seen = { alerts: [] as AlertWatch['raised'], thresholds: [] as Seen['thresholds'], seconds: [] as Seen['seconds'] }
  const target = new MemoryTarget({ reply })
  await runVirtual(scenario(target.url), {
    follow: (run, _, thresholds) => {
      run.alerts.feed(now() - run.startedAt, run.queued)
      seen.alerts = run.alerts.raised
      seen.thresholds.push([...thresholds.soFar()])
      if (run.recorder.timeline.latest) seen.seconds.push(run.recorder.timeline.latest)
    },
  })
  return seen
}

async function secondsOf(share: Share, own: Partial<RunInput>): Promise<ProcessSecond[]> {
  const target = new MemoryTarget({ reply })
  const reader = new SecondReader()
  const seconds: ProcessSecond[] = []
  await runVirtual(scenario(target.url, own), {
    share,
    check: false,
    follow: (run, _, thresholds) => seconds.push(structuredClone(reader.read(run, thresholds, now() - run.startedAt))),
  })
  return seconds
}

type Interleave = (parts: ProcessSecond[][]) => [number, ProcessSecond][]

/** Gives the seconds of all shares to a watch, in the order in which `interleave` has them arrive. `isEnded`: whether a signal has ended the run. */
async function together(count: number, interleave: Interleave, own: Partial<RunInput> = {}, isEnded = false): Promise<Seen> {
  const plan = planOf(scenario(new MemoryTarget({ reply }).url, own))
  const parts: ProcessSecond[][] = []
  for (let index = 0; index < count; index += 1) parts.push(await secondsOf({ index, count }, own))
  const alerts = new AlertWatch(plan.alerts, new Recorder(dimensionsOf(plan)), 1)
  const seen: WholeSecond[] = []
  const ended: string[] = []
  const watch = new WholeWatch(plan, count, (_, second) => seen.push(structuredClone(second)))
  const live: LiveThresholds = { soFar: () => [], news: () => [], end: ({ text }) => void ended.push(text) }
  const run = { thresholds: live, isEnded: () => isEnded || ended.length > 0, onEnd: () => {} }
  for (const [process, second] of interleave(parts)) {
    // As in a run, the state is known from the first report of this process on.
    if (process === 0) watch.follow({ state: { alerts } as Partial<RunState> as RunState, ...run })
    watch.add(process, second)
  }
  for (let process = 0; process < count; process += 1) watch.leave(process)
  watch.finish()
  const seconds = seen.flatMap(({ figures }) => figures.second?.row ?? [])
  return { alerts: alerts.raised, thresholds: seen.map(({ thresholds }) => [...thresholds]), seconds, ended }
}

const inStep = (parts: ProcessSecond[][]) =>
  (parts[0] ?? []).flatMap((_, at) =>
    parts.flatMap((own, process) => own.slice(at, at + 1).map((one) => [process, one] as [number, ProcessSecond])),
  )

/** All of the last process, then all of the one before it: as when one was held up for a while. */
const oneAfterAnother = (parts: ProcessSecond[][]) =>
  parts
    .map((own, process) => own.map((second) => [process, second] as [number, ProcessSecond]))
    .toReversed()
    .flat()

const counted = ({ started, ok, failed, latencies }: Seen['seconds'][number]) => ({ started, ok, failed, latencies })

describe.each([2, 3, 7])('%i shares', (count) => {
  test('raise the alerts of the whole, and show its seconds and thresholds', async () => {
    const [whole, shares] = [await alone(), await together(count, inStep)]
    expect(whole.alerts.map(({ alert }) => alert)).toEqual(expect.arrayContaining(['in_flight > 15 in 1s', 'errors > 50% in 2s']))
    // The most that each share had in flight at once is added up, and may have been at different moments.
    const rest = (raised: Seen['alerts']) =>
      raised.map(({ worst, ...one }) => (one.alert.startsWith('in_flight') ? one : { ...one, worst }))
    expect(rest(shares.alerts)).toEqual(rest(whole.alerts))
    expect(shares.seconds.map(counted)).toEqual(whole.seconds.map(counted))
    const states = (all: Seen['thresholds']) => all.map((each) => each.slice(1, 2).map((one) => [one?.state, one?.observed]))
    expect(states(shares.thresholds)).toEqual(states(whole.thresholds))
    const last = ({ thresholds }: Omit<Seen, 'ended'>) => thresholds.at(-1)?.map((one) => [one?.observed, one?.state])
    expect(last(shares)).toEqual(last(whole))
    expect(shares.ended).toEqual(['errors count < 35'])
  })
})

/** In step for three seconds; then the second process reports nothing for eight, and all of it at once. */
const oneHeldUp = (parts: ProcessSecond[][]) => inStep(parts).toSorted((a, b) => heldUntil(a) - heldUntil(b))
const heldUntil = ([process, { alerts }]: [number, ProcessSecond]) => {
  const second = Math.floor(alerts.atMs / 1000)
  return process === 1 && second > 3 && second < 11 ? 11 : second
}

test('a process that reports late still has in flight what it had', async () => {
  // Each takes a second, so that 20 are in flight: 10 of each process.
  const own = {
    load: [{ rate: '20/s', for: '14s' }],
    steps: [{ request: { say: 'request 100' } as never }],
    alerts: ['in_flight < 15 in 1s', 'in_flight > 25 in 1s'],
    thresholds: [],
  }
  for (const interleave of [inStep, oneHeldUp]) expect((await together(2, interleave, own)).alerts).toEqual([])
})

test('a process that was held up counts when its seconds come, and keeps no other waiting for long', async () => {
  const [inOrder, late] = [await together(2, inStep), await together(2, oneAfterAnother)]
  const sum = (seen: Seen) => seen.seconds.reduce((total, { ok, failed }) => total + ok + failed, 0)
  expect([sum(late), sum(inOrder)]).toEqual([240, 240])
  expect(late.seconds.length).toBeGreaterThan(5)
})

test('reports that arrive after a signal has ended the run end it for nothing else', async () => {
  const { ended, thresholds } = await together(2, inStep, {}, true)
  expect([ended, thresholds.at(-1)?.at(-1)?.state]).toEqual([[], 'failed'])
})

test('what stopWhen can look at in the first process alone is known', () => {
  const outage = 'traffic.outage max < 30s'
  const plan = (stopWhen: object, ...thresholds: object[]) =>
    planOf(scenario('memory://x', { thresholds: ['errors ratio < 90%', ...thresholds], stopWhen } as never))
  const failing = [{ when: 'saturated', failing: true }]
  expect(ofFirstAlone(plan(failing, { threshold: outage }))).toEqual([outage])
  expect(ofFirstAlone(plan(failing, { threshold: outage, severity: 'warn' }))).toEqual([])
  expect(ofFirstAlone(plan(['saturated'], { threshold: outage }))).toEqual([])
  expect(ofFirstAlone(plan(['settled']))).toEqual([])
})
