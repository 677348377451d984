import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { reportCommand } from '../../src/cli/report.ts'
import { InputError } from '../../src/errors.ts'
import type { GroupMetrics, Result } from '../../src/result/schema.ts'
import { contradictionIn, contradictionsOf } from '../../src/store/contradictions.ts'
import { readResult } from '../../src/store/read-result.ts'
import { RESULTS } from '../report/results.ts'
import { runScenario } from '../support/run.ts'
import { tempFolders, thrownBy } from './temp.ts'

const temp = tempFolders()
/** As a run writes it: a warm-up, replies with text, failures, thresholds that pass, fail and warn. */
const { result: real } = await runScenario(
  {
    name: 'real',
    target: { preset: 'openai-chat', url: 'mock:', model: 'demo' },
    load: [
      { name: 'warm', warmup: true, iterations: 2, users: 1 },
      { name: 'main', iterations: 12, users: 3 },
    ],
    steps: [
      { message: 'hello', name: 'open' },
      { message: 'and now?', name: 'ask', expect: [{ contains: 'no reply has this' }] },
    ],
    tags: { team: 'a' },
    thresholds: ['errors ratio < 1%', 'ttft p95 < 30s', { threshold: 'rate > 100000/s', severity: 'warn' }],
  } as never,
  { allowLag: true },
)

/** What a run of failures looks like when somebody has made a pass of it. */
const passed = { verdict: 'passed', exitCode: 0, exitCodes: [], reason: 'the threshold was met' } as const

/** The real result with the value at `path` replaced; `undefined` removes it. */
function changed(path: string, value: unknown): Result {
  const draft = structuredClone(real)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce<object>((at, key) => Reflect.get(at, key), draft)
  if (value === undefined) Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, value)
  return draft
}

const [open, ask] = real.steps
const { ttft } = real.total.distributions

test('a result that a run wrote has none', () => {
  expect([...contradictionsOf(real)]).toEqual([])
  expect(real.verdict).toBe('failed')
})

test.each<[string, string, unknown]>([
  ['startTime: 1e+30 is no moment', 'startTime', 1e30],
  ['startTime: -1 is no moment', 'startTime', -1],
  ['ms after startTime, but durationMs is', 'endTime', real.endTime + 10_000],
  ['total.counts.planned: 999, but ok + failed + cut + dropped is 24', 'total.counts.planned', 999],
  ['total.counts.started: 1.5 is no number', 'total.counts.started', 1.5],
  ['total.counts.planned: 24, but started + dropped is 7', 'total.counts.started', 7],
  ['warmup.counts.ok: -1', 'warmup.counts.ok', -1],
  ['total.counters.good: 99, but total.counters.ok is 12', 'total.counters.good', 99],
  ['total.counters.checksHeld: 13, but total.counters.checksMade is 12', 'total.counters.checksHeld', 13],
  ['total.countersAfterLoad.ok: 99, but total.counters.ok is 12', 'total.countersAfterLoad', { ok: 99 }],
  ['total.values.rate: 7, but by total.counters it is', 'total.values.rate', 7],
  ['steps.1.values.errors: 0, but by steps.1.counters it is 1', 'steps.1.values.errors', 0],
  ['windowMs: 5, but the measured phases together have', 'windowMs', 5],
  ['total.bytesSent: 1, but by total.counters it is', 'total.bytesSent', 1],
  ['total.counts.ok: 12, but the phases together have 0', 'phases', real.phases.slice(0, 1)],
  ['steps[].counts.planned: 36, but total.counts.planned is 24', 'steps', [open, open, ask]],
  ['timeline[].ok: 10', 'timeline.0.ok', 1000],
  ['timeline.0.outputTokens: -3 is below zero', 'timeline.0.outputTokens', -3],
  ['iterations.planned: 3, but', 'iterations.planned', 3],
  ['iterations.expired + iterations.faulted: 99, but', 'iterations.expired', 99],
  ['generator.plannedArrivals: 99, but iterations.planned is', 'generator.plannedArrivals', 99],
  ['totalMessages: 999, but by the detail in `total` it is 24', 'totalMessages', 999],
  ['averageLatencyMs: null, but', 'averageLatencyMs', null],
  ['errorRate: 0, but', 'errorRate', 0],
  ['total.counters.failedByLimit: 0, but total.counts.failed is 12', 'anomalies.failed', 0],
  ['anomaliesDetected: 0, but', 'anomaliesDetected', 0],
  ['errors[].count of step ask: 99, but its failed attempts is 12', 'errors.0.count', 99],
  ['total.counts.failed: 12, but the sum of errors[].count is 0', 'errors', []],
  ['errors.0.lastMs: 1000000, but durationMs is', 'errors.0.lastMs', 1e6],
  ['errorTypes: 3, but errors have 1', 'errorTypes', 3],
  ['connectionMetrics.totalConnections: 99, but', 'connectionMetrics.totalConnections', 99],
  ['connectionMetrics.averageConnectionTime: 7000', 'connectionMetrics.averageConnectionTime', 7000],
  ['connectionMetrics.bytesSent: 1, but', 'connectionMetrics.bytesSent', 1],
  ['ttft.histogram: a histogram cannot be read', 'total.distributions.ttft.histogram', 'x'],
  ['ttft.histogram: a distribution says 7 samples, its histogram holds 12', 'total.distributions.ttft.count', 7],
  ['ttft.histogram: a distribution and its histogram disagree on min or max', 'total.distributions.ttft.max', 1e6],
  ['ttft.percentiles.p95: 5000 is not between', 'total.distributions.ttft.percentiles.p95', 5000],
  ['ttft.percentiles.p99: ', 'total.distributions.ttft.percentiles.p99', ttft?.min],
  ['ttft.fewSamples: p95 is not among them', 'total.distributions.ttft.fewSamples', []],
  ['ttft.mean: ', 'total.distributions.ttft.mean', (ttft?.mean ?? 0) * 1.01],
  ['ttft.min: -1 is below zero', 'total.distributions.ttft.min', -1],
  [
    'distributions.ttft.count + total.distributions.ttft.leftOut: 1012, but total.counts.ok is 12',
    'total.distributions.ttft.leftOut',
    1000,
  ],
  ['generator.lag.histogram: ', 'generator.lag.histogram', ''],
  ['thresholds.0.limit: 0.9, but the threshold says 0.01', 'thresholds.0.limit', 0.9],
  ['thresholds.0.state: passed, but 0.5 was observed', 'thresholds.0.state', 'passed'],
  ['thresholds.0.observed: 0.005, but by the detail in `total` it is 0.5', 'thresholds.0.observed', 0.005],
  ['thresholds.1.observed: 9000, but by the detail in `total` it is', 'thresholds.1.observed', 9000],
  ['thresholds.2.observed: 100001, but by the detail in `total` it is', 'thresholds.2.observed', 100_001],
  ['exitCodes: 1 is missing, but a threshold failed', 'exitCodes', []],
  ['exitCode: 0, but by exitCodes it is 1', 'exitCode', 0],
  ['verdict: passed, but by exitCode 1 it is failed', 'verdict', 'passed'],
  ['status: aborted, but by exitCodes it is completed', 'status', 'aborted'],
  ['validity.state: invalid, but by validity.reasons it is', 'validity.state', 'invalid'],
])('%s', (text, path, value) => {
  expect([...contradictionsOf(changed(path, value))].join('\n')).toContain(text)
})

test.each<[string, readonly string[], string]>([
  ['thresholds: errors ratio <= 10% is missing, which is broken: by the detail in `total` it is 0.5', [], passed.reason],
  ['thresholds: errors ratio <= 10% is missing', ['errors{step=ask} ratio < 90%', 'errors count < 90'], passed.reason],
  ['thresholds: checks ratio >= 99% is missing', ['errors ratio < 90%'], passed.reason],
  [
    'thresholds: ok{step=ask} count >= 1 is missing, which is broken: step ask: none of',
    ['good_share ratio > 10%'],
    passed.reason,
  ],
  ['thresholds: failed_iterations ratio <= 10% is missing', ['errors ratio < 9%'], passed.reason],
  ['reason: the threshold was met, but 2 in thresholds passed', ['errors ratio < 90%', 'checks ratio < 90%'], passed.reason],
  ['reason: all 2 thresholds met, but 1 in thresholds passed', ['errors ratio < 90%'], 'all 2 thresholds met'],
])('made a pass: %s', (text, thresholds, reason) => {
  const [one] = real.thresholds
  const of = (threshold: string) => ({ ...one, threshold, state: 'passed' }) as never
  const made: Result = { ...real, ...passed, reason, warmup: null, thresholds: thresholds.map(of) }
  expect([...contradictionsOf(made)].join('\n')).toContain(text)
})

test.each(['errors ratio < 90%', 'errors ratio < 90% over 10s', 'good_share ratio > 10%'])(
  '%s takes the place of a rule',
  (text) => {
    const [one] = real.thresholds
    const made = { ...real, ...passed, thresholds: [{ ...one, threshold: text, state: 'passed' }] } as Result
    expect([...contradictionsOf(made)].join('\n')).not.toMatch(/errors ratio <= 10%|failed_iterations|reason:/)
  },
)

test.each(['tags', 'total.distributions', 'total.counters', 'steps.0.values'])('%s with the key __proto__', (path) => {
  const parent = path.split('.').reduce<object>((at, key) => Reflect.get(at, key), real)
  const altered = changed(path, JSON.parse(`{"__proto__": {}, ${JSON.stringify(parent).slice(1).replace(/^}/, '"a": 1}')}`))
  expect(contradictionIn(altered)).toBe(`${path}.__proto__: burn writes no key of that name`)
})

test('what is in flight in a checkpoint is none', () => {
  const counts = { planned: 1203, started: 1203, ok: 1200, failed: 0, cut: 0, dropped: 0 }
  const group: GroupMetrics = { ...RESULTS.empty.total, counts, counters: counts, values: {} }
  const verdict = { status: 'running', verdict: 'incomplete', exitCode: 4, exitCodes: [4] } as const
  const same = { totalMessages: 1203, successfulMessages: 1200, throughputQps: 0, errorRate: null }
  const running: Result = { ...RESULTS.empty, ...verdict, ...same, total: group }
  expect(contradictionIn(running)).toBeUndefined()
  expect(contradictionIn({ ...running, status: 'completed' })).toContain('total.counts.planned: 1203, but')
})

test('such a file is no input: it is refused, and the key is named', async () => {
  const path = join(temp(), 'result.json')
  writeFileSync(path, JSON.stringify({ ...real, totalMessages: 999 }))
  const error = thrownBy(() => readResult(path))
  expect(error).toBeInstanceOf(InputError)
  expect(error).toMatchObject({
    message: `${path} contradicts itself at totalMessages: 999, but by the detail in \`total\` it is 24`,
  })
  await expect(reportCommand(path, { format: 'console', color: false }, new Command())).rejects.toBeInstanceOf(InputError)
})

test('a latency that has drifted downwards is no contradiction', () => {
  const worst = [{ value: -0.45, endedAtMs: 60_000 }]
  const drift = {
    kind: 'drift' as const,
    step: 'load',
    metric: 'ttft',
    unit: 'ms' as const,
    count: 1,
    median: 100,
    limit: 0.2,
    worst,
  }
  const found = [...contradictionsOf({ ...RESULTS.fine, anomalyGroups: [drift] })]
  expect(found.filter((text) => text.includes('anomalyGroups'))).toEqual([])
})
