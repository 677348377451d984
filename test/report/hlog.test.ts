import { describe, expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { reporters } from '../support/reporters.ts'
import { PLAIN } from './every-report.ts'
import { counts, distribution, empty, fine, slice, step } from './results.ts'

describe('hlog', () => {
  test('each line is a tag, seconds, max and a histogram that decodes', () => {
    const histogram = new Histogram('ms')
    for (const value of [10, 20, 30]) histogram.record(value)
    const slow = histogram.toDistribution()
    const result = {
      ...fine,
      total: slice(counts(3), { ttft: slow }),
      steps: [step('a, b\nc', slice(counts(3), { ttft: slow }))],
      phases: [],
    }
    const lines = reporters.hlog.render(result, PLAIN).trimEnd().split('\n')
    expect(lines.slice(0, 4)).toEqual([
      '#[Histogram log format version 1.3]',
      '#[StartTime: 1700000000.000 (seconds since epoch), 2023-11-14T22:13:20.000Z]',
      '#[BaseTime: 1700000000.000 (seconds since epoch)]',
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ])
    const rows = lines.slice(4).map((line) => line.split(','))
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['Tag=total.ttft', '0.000', '60.000', '30.000'],
      ['Tag=step.a_b_c.ttft', '0.000', '60.000', '30.000'],
    ])
    expect(Histogram.decode('ms', rows[1]?.[4] ?? '').count).toBe(3)
  })

  test('distributions without samples are left out', () => {
    expect(
      reporters.hlog
        .render({ ...empty, total: slice(counts(0), { ttft: { ...distribution(0, 0, 0, 0), histogram: '' } }) }, PLAIN)
        .split('\n'),
    ).toHaveLength(5)
  })
})
