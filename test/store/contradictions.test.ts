import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportCommand } from '../../src/cli/report.ts'
import { InputError } from '../../src/errors.ts'
import type { GroupMetrics, Result } from '../../src/result/schema.ts'
import { contradictionIn } from '../../src/store/contradictions.ts'
import { readResult } from '../../src/store/read-result.ts'
import { RESULTS } from '../report/results.ts'
import { tempFolders, thrownBy } from './temp.ts'

const temp = tempFolders()
const { fine } = RESULTS
const { ttft } = fine.total.distributions

const ofTotal = (over: Partial<GroupMetrics>): Partial<Result> => ({ total: { ...fine.total, ...over } })
const ofTtft = (over: object): Partial<Result> =>
  ofTotal({ distributions: { ...fine.total.distributions, ttft: Object.assign({}, ttft, over) } })

test.each(Object.entries(RESULTS))('%s has none', (_, result) => {
  expect(contradictionIn(result)).toBeUndefined()
})

test.each<[string, Partial<Result>]>([
  ['startTime: 1e+30 is no moment', { startTime: 1e30 }],
  ['startTime: -1 is no moment', { startTime: -1 }],
  ['endTime: it is 80000 ms after startTime, but durationMs is 70000', { endTime: fine.endTime + 10_000 }],
  [
    'total.counts.planned: 999, but ok + failed + cut + dropped is 1200',
    ofTotal({ counts: { ...fine.total.counts, planned: 999 } }),
  ],
  ['total.counts.started: 1.5 is no number', ofTotal({ counts: { ...fine.total.counts, started: 1.5 } })],
  ['total.counts.planned: 1200, but started + dropped is 7', ofTotal({ counts: { ...fine.total.counts, started: 7 } })],
  ['warmup.counts.ok: -1', { warmup: { ...fine.total, counts: { ...fine.total.counts, ok: -1 } } }],
  ['iterations.planned: 3, but', { iterations: { ...fine.iterations, planned: 3 } }],
  ['totalMessages: 999, but by the detail in `total` it is 1200', { totalMessages: 999 }],
  ['averageLatencyMs: null, but', { averageLatencyMs: null }],
  ['errorRate: 0.5, but', { errorRate: 0.5 }],
  ['total.distributions.ttft.histogram: ', ofTtft({ histogram: 'x' })],
  ['total.distributions.ttft.histogram: a distribution says 7 samples, its histogram holds 1200', ofTtft({ count: 7 })],
  ['total.distributions.ttft.histogram: a distribution and its histogram disagree on min or max', ofTtft({ max: 1e6 })],
  ['total.distributions.ttft.percentiles.p95: 5000 is not between', ofTtft({ percentiles: { ...ttft?.percentiles, p95: 5000 } })],
  ['total.distributions.ttft.min: -1 is below zero', ofTtft({ min: -1 })],
  ['total.distributions.ttft.mean: -5 is below zero', ofTtft({ mean: -5 })],
  ['generator.lag.histogram: ', { generator: { ...fine.generator, lag: { ...fine.generator.lag, histogram: '' } } }],
])('%s', (text, over) => {
  expect(contradictionIn({ ...fine, ...over })).toContain(text)
})

test('what is in flight in a checkpoint is none', () => {
  const counts = { planned: 1203, started: 1203, ok: 1200, failed: 0, cut: 0, dropped: 0 }
  const running: Result = { ...fine, ...ofTotal({ counts }), totalMessages: 1203, status: 'running' }
  expect(contradictionIn(running)).toBeUndefined()
  expect(contradictionIn({ ...running, status: 'completed' })).toContain('total.counts.planned: 1203, but')
})

test('such a file is no input: it is refused, and the key is named', async () => {
  const path = join(temp(), 'result.json')
  writeFileSync(path, JSON.stringify({ ...fine, totalMessages: 999 }))
  const error = thrownBy(() => readResult(path))
  expect(error).toBeInstanceOf(InputError)
  expect(error).toMatchObject({
    message: `${path} contradicts itself at totalMessages: 999, but by the detail in \`total\` it is 1200`,
  })
  await expect(reportCommand(path, { format: 'console', color: false })).rejects.toBeInstanceOf(InputError)
})
