/** The rows that charts over time draw. */
import { describe, expect, test } from 'vitest'
import { chartRows, phaseSpans } from '../../../../src/report/html/charts/rows.ts'
import { rowOf } from './chart-row.ts'

describe('rows', () => {
  test.each([1, 599, 600, 601, 1200, 1201])('%i of them become at most 600 without losing a count', (length) => {
    const timeline = Array.from({ length }, (_, at) => rowOf(at * 1000))
    const rows = chartRows(timeline)
    expect(rows.length).toBeLessThanOrEqual(600)
    expect(rows.length).toBeGreaterThan(length > 600 ? 300 : length - 1)
    expect(rows.reduce((all, { started }) => all + started, 0)).toBe(20 * length)
    expect(rows.reduce((all, { lengthMs }) => all + lengthMs, 0)).toBe(1000 * length)
    expect(Math.max(...rows.map(({ latencies }) => latencies.response_time?.max ?? 0))).toBe(
      Math.max(...timeline.map(({ latencies }) => latencies.response_time?.max ?? 0)),
    )
  })

  test('a short last row is part of the one before: a rate of 2 attempts in 4 ms says nothing', () => {
    const rows = chartRows([rowOf(0), rowOf(1000), rowOf(2000, { lengthMs: 4, started: 2, inFlight: 0 })])
    expect(rows.map(({ lengthMs, started }) => [lengthMs, started])).toEqual([
      [1000, 20],
      [1004, 22],
    ])
  })

  test('what injected faults and limits made fail is added up, where a row has any', () => {
    const [row] = chartRows([rowOf(0), rowOf(1000, { lengthMs: 4, injected: 2, refused: 1 })])
    expect(row).toMatchObject({ injected: 2, refused: 1 })
    const [both] = chartRows([rowOf(0, { injected: 3 }), rowOf(1000, { lengthMs: 4, injected: 2 })])
    expect(both).toMatchObject({ injected: 5 })
    expect(both).not.toHaveProperty('refused')
  })

  test('phases that follow each other', () => {
    const rows = [rowOf(0, { phase: 'warm' }), rowOf(1000), rowOf(2000), rowOf(3000, { phase: 'drain' })]
    expect(phaseSpans(rows)).toEqual([
      { name: 'warm', fromMs: 0, toMs: 1000 },
      { name: 'main', fromMs: 1000, toMs: 3000 },
      { name: 'drain', fromMs: 3000, toMs: 4000 },
    ])
  })
})
