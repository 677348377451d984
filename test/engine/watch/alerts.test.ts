/** `alerts:` in virtual time: when they begin and end, and that they decide nothing. */
import { describe, expect, test } from 'vitest'
import { AlertWatch } from '../../../src/engine/watch/alerts.ts'
import { Recorder } from '../../../src/metrics/recorder.ts'
import { alertSchema } from '../../../src/metrics/threshold/alert.ts'
import { alertTexts } from '../../../src/report/console/iterations.ts'
import type { Alert } from '../../../src/result/schema.ts'
import { MemoryTarget, runVirtual } from '../../support/virtual.ts'

/** Fails, or takes long, in the given stretches of time, in ms. */
const behaving = (failing: readonly [number, number], slow: readonly [number, number] = [0, 0]) =>
  new MemoryTarget({
    reply: ({ at }) => ({
      headMs: at >= slow[0] && at < slow[1] ? 1500 : 10,
      status: at >= failing[0] && at < failing[1] ? 503 : 200,
    }),
  })

async function raised(target: MemoryTarget, alerts: string[], more: object = {}) {
  const { result } = await runVirtual({
    name: 'alerts',
    target: { url: target.url },
    load: [{ rate: '10/s', for: '60s', maxUsers: 50 }],
    steps: [{ request: { json: {} }, name: 'ask' }],
    thresholds: ['errors ratio < 90%', { threshold: 'failed_iterations ratio < 90%', severity: 'fail' }],
    alerts,
    ...more,
  } as never)
  return { result, alerts: result.alerts ?? [] }
}

const times = (alerts: readonly Alert[]) => alerts.map(({ fromMs, untilMs }) => [fromMs, untilMs])

test('a share in a window: begins with the second in which it holds, ends when it does no longer', async () => {
  const { result, alerts } = await raised(behaving([20_000, 25_000]), ['errors ratio > 20% in 10s'])
  // After three bad seconds of ten it is 30 %, after two exactly 20 %; the last of five has left enough of the window at 33 s.
  expect(alerts).toEqual([{ alert: 'errors ratio > 20% in 10s', fromMs: 23_000, untilMs: 33_000, worst: 0.5, unit: 'ratio' }])
  expect([result.verdict, result.exitCode]).toEqual(['passed', 0])
})

test('a percentile in a window, and one that lasts until the end', async () => {
  const { alerts } = await raised(behaving([0, 0], [50_000, 60_000]), ['response_time p99 > 1s in 5s'])
  expect(alerts).toMatchObject([{ fromMs: 52_000, untilMs: null, unit: 'ms', worst: expect.closeTo(1500, -1) }])
})

test('a target that fails and then stops to answer does not end the alert', async () => {
  const target = new MemoryTarget({ reply: ({ at }) => ({ headMs: at < 10_000 ? 10 : 60_000, status: 503 }) })
  const { alerts } = await raised(target, ['errors ratio > 5% in 2s'], {
    load: [{ rate: '10/s', for: '30s', maxUsers: 500 }],
    graceful: '1s',
  })
  expect(times(alerts)).toEqual([[1000, null]])
})

test('nothing is raised by what stays within, nor by a handful of attempts', async () => {
  const { alerts } = await raised(behaving([0, 2000]), ['errors ratio > 60% in 1m', 'response_time p99 > 30s in 1m'], {
    load: [{ rate: '2/s', for: '60s' }],
  })
  expect(alerts).toEqual([])
})

test('tags select the attempts, as in thresholds', async () => {
  const target = new MemoryTarget({
    reply: ({ at, path }) => ({ headMs: 10, status: path === '/pay' && at >= 20_000 && at < 25_000 ? 503 : 200 }),
  })
  const { alerts } = await raised(
    target,
    [
      'errors{step=pay} ratio > 20% in 10s',
      'errors{step=look} ratio > 0% in 10s',
      'errors ratio > 26% in 10s',
      'rate{step=look,phase=phase-1} < 9/s in 2s',
    ],
    {
      steps: [
        { request: { path: '/look', json: {} }, name: 'look' },
        { request: { path: '/pay', json: {} }, name: 'pay' },
      ],
    },
  )
  // At worst half of a step's attempts fail in ten seconds, which is a quarter of all. The rate of a step ends with the load, not with the drain.
  expect(alerts).toEqual([
    { alert: 'errors{step=pay} ratio > 20% in 10s', fromMs: 23_000, untilMs: 33_000, worst: 0.5, unit: 'ratio' },
  ])
})

test('too little can be said of a whole window only', async () => {
  const { alerts } = await raised(behaving([0, 0]), ['rate < 5/s in 10s', 'rate < 20/s in 10s'])
  expect(alerts.map(({ alert }) => alert)).toEqual(['rate < 20/s in 10s'])
  expect(times(alerts)).toEqual([[10_000, null]])
})

test('attempts in flight and arrivals that wait', async () => {
  const { alerts } = await raised(
    behaving([0, 0], [20_000, 30_000]),
    ['in_flight max > 12 in 1s', 'in_flight > 100', 'queued > 3 in 1s'],
    { load: [{ rate: '10/s', for: '60s', maxUsers: 14 }] },
  )
  expect(alerts.map(({ alert }) => alert)).toEqual(['in_flight max > 12 in 1s', 'queued > 3 in 1s'])
  expect(alerts[0]).toMatchObject({ worst: 14, unit: 'count' })
  for (const { untilMs } of alerts) expect(untilMs).toBeLessThan(45_000)
})

const ruleOf = (text: string) => alertSchema.parse(text)

test('memory is a share of what this machine or container allows', () => {
  let share = 0
  const recorder = new Recorder({ steps: [], phases: [], targets: [], groups: [], selectors: [], faults: [], priced: false })
  const watch = new AlertWatch([ruleOf('memory > 80% in 2s')], recorder, 1000, () => 1000 * share)
  for (const [i, now] of [0.5, 0.9, 0.5, 0.5, 0.5].entries()) {
    share = now
    watch.feed((i + 1) * 1000, () => 0)
  }
  expect(watch.raised).toEqual([{ alert: 'memory > 80% in 2s', fromMs: 2000, untilMs: 4000, worst: 0.9, unit: 'ratio' }])
})

test('alerts beyond those that are listed are counted, and the summary says so', async () => {
  // Fails in every second second: a hundred rules, each raised thirty times or more.
  const target = new MemoryTarget({ reply: ({ at }) => ({ headMs: 10, status: at % 2000 < 1000 ? 503 : 200 }) })
  const limits = Array.from({ length: 100 }, (_, i) => `errors ratio > ${i / 2}% in 1s`)
  const { result, alerts } = await raised(target, limits, { load: [{ rate: '20/s', for: '60s' }] })
  expect(alerts).toHaveLength(1000)
  expect(result.alertsUnlisted).toBe(2000)
  expect(alertTexts(result).at(-1)).toBe('2,995 more, result.json lists the first 1,000')
  expect(alertTexts({ alerts: alerts.slice(0, 7) }).at(-1)).toBe('2 more, see result.json')
})

describe('what is no alert', () => {
  test.each([
    ['errors ratio > 5% in soon', /expected a time after "in"/],
    ['errors ratio > 5% in 10ms', /1s to 1h/],
    ['memory > 80', /memory needs a limit in %/],
    ['in_flight > 5%', /without %/],
    ['in_flight{step=pay} > 5', 'in_flight is of the whole run, without tags'],
    ['errors{step} ratio > 5%', /expected "=" after step/],
    ['erors ratio > 5%', /erors/],
    ['judge_passed ratio < 80%', /only after the load/],
    ['judge_score p50 < 3 in 1m', /only after the load/],
    ['in_flight > -1', 'in_flight has no aggregate but max, and a limit of 0 or more, such as: in_flight > 100'],
    ['queued avg > 3', 'queued has no aggregate but max'],
    ['memory 80%', 'such as: memory > 80%'],
    ['xyzxyzxyz > 1', /there is no metric "xyzxyzxyz"; metrics: .*, in_flight, queued, memory$/],
  ])('%s', (text, message) => {
    expect(alertSchema.safeParse(text).error?.issues[0]?.message).toMatch(message)
  })
})
