/** Charts over time. */
import { describe, expect, test } from 'vitest'
import { chartRows } from '../../../../src/report/html/charts/rows.ts'
import { html } from '../../../../src/report/html/html.ts'
import type { TimelineRow } from '../../../../src/result/schema.ts'
import { PLAIN } from '../../every-report.ts'
import { fine } from '../../results.ts'
import { rowOf } from './chart-row.ts'

describe('the lateness of burn itself', () => {
  const chart = (timeline: readonly TimelineRow[]) =>
    /aria-label="(Lateness of burn itself[^"]*)"/.exec(html.render({ ...fine, timeline }, PLAIN))?.[1]

  test('is drawn where rows tell it, and not for a result of an older version', () => {
    expect(chart([rowOf(0, { lagMs: 0.4 }), rowOf(1000, { lagMs: 12.3 })])).toBe('Lateness of burn itself: up to 12.3ms')
    expect(chart([rowOf(0), rowOf(1000)])).toBeUndefined()
  })

  test('of joined rows is the largest', () => {
    const rows = chartRows(Array.from({ length: 1200 }, (_, at) => rowOf(at * 1000, at === 601 ? { lagMs: 77 } : {})))
    expect(rows.filter(({ lagMs }) => lagMs !== undefined).map(({ atMs, lagMs }) => [atMs, lagMs])).toEqual([[600_000, 77]])
  })
})
