import { expect, test } from 'vitest'
import { overTimeLines } from '../../../src/report/console/over-time.ts'
import { makePen } from '../../../src/report/text/pen.ts'
import type { Result, TimelineRow } from '../../../src/result/schema.ts'
import { fine } from '../results.ts'

const [row] = fine.timeline
if (!row) throw new Error('expected a row')
const pen = (unicode = true) => makePen({ color: false, width: 200, unicode })

function of(values: readonly (number | null)[], phase = 'load'): Result {
  const timeline = values.map((p95): TimelineRow => {
    const latencies = p95 === null ? {} : { response_time: { ...row?.latencies.response_time, p50: 0, p95, p99: p95 } }
    return { ...row, phase, latencies } as TimelineRow
  })
  const phases = fine.phases.slice(0, 1).map((one) => ({ ...one, name: 'load', warmup: false }))
  const total = { ...fine.total, distributions: {} }
  return { ...fine, timeline, phases: [...phases, ...phases.map((one) => ({ ...one, name: 'warm', warmup: true }))], total }
}
const text = (values: readonly (number | null)[], phase?: string) => overTimeLines(of(values, phase), [], pen()).join('\n').trim()

test('bars begin at zero, and a stretch without a reply has none', () => {
  expect(text([10, 40, null, 80])).toBe('response    p95 over time ▂▅ █ 10ms to 80ms')
  expect(text([50, 50, 50])).toBe('response    p95 over time ███ 50ms')
})

test('many rows are stretches, each by its worst', () => {
  const bars = / time ([▁-█]+) /.exec(text(Array.from({ length: 400 }, (_, n) => (n === 123 ? 800 : 100))))?.[1] ?? ''
  expect([bars.length, bars.indexOf('█'), bars.replaceAll('▂', '')]).toEqual([40, 12, '█'])
})

test('too few rows, a warm-up and a terminal without Unicode have no bars', () => {
  expect(text([1, 2])).toBe('')
  expect(text([1, 2, 3], 'warm')).toBe('')
  expect(
    overTimeLines(of([1, 2, 3]), ['more'], pen(false))
      .join('')
      .trim(),
  ).toBe('response    more')
  expect(text([null, null, null])).toBe('response    no replies')
})
