/** The heat map of latencies over time. */
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts'
import { heatChart } from '../../../../src/report/html/charts/heat-map.ts'
import { timeScale } from '../../../../src/report/html/charts/scale.ts'
import { markup } from '../../../../src/report/html/page/markup.ts'
import type { Block } from '../../../../src/result/schema.ts'

describe('the heat map', () => {
  const block = (atMs: number, values: readonly number[]): Block => {
    const histogram = new Histogram('ms')
    for (const value of values) histogram.record(value)
    const counted = { ok: values.length, failed: 0, dropped: 0, timeouts: 0, checksHeld: 0, checksMade: 0, outputTokens: 0 }
    return { atMs, lengthMs: 1000, ...counted, histograms: { response_time: histogram.encode() } }
  }
  const axis = { x: timeScale(2000), endMs: 2000, behind: markup`` }
  const cellsOf = (blocks: readonly Block[]) => (heatChart(blocks, axis)?.body.html.match(/M[^Z]*Z/g) ?? []).length

  test('two kinds of replies are two bands with room between them', () => {
    const values = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 10 : 1000))
    expect(cellsOf([block(0, values), block(1000, values)])).toBe(4)
  })

  test('shades: the fullest cell is darkest, a cell with one reply is palest', () => {
    const body = heatChart([block(0, [...Array<number>(99).fill(10), 1000])], axis)?.body.html ?? ''
    expect(Array.from(body.matchAll(/heat h(\d)/g), ([, shade]) => shade)).toEqual(['0', '6'])
  })

  test('none without blocks, or when their histograms cannot be read', () => {
    expect(heatChart([], axis)).toBeUndefined()
    expect(heatChart([{ ...block(0, [1]), histograms: { response_time: 'damaged' } }], axis)).toBeUndefined()
    expect(heatChart([{ ...block(0, [1]), histograms: {} }], axis)).toBeUndefined()
  })
})
