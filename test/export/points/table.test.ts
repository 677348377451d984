/** The table of exported metrics. */
import { describe, expect, test } from 'vitest'
import { EXPORTED } from '../../../src/export/points/table.ts'
import { prometheusName } from '../../../src/export/text/prometheus.ts'
import { CATALOGUE } from '../../../src/metrics/groups/catalogue.ts'

describe('the table', () => {
  test('has each name once, in every format', () => {
    expect(new Set(EXPORTED.map(({ name }) => name)).size).toBe(EXPORTED.length)
    expect(new Set(EXPORTED.map(prometheusName)).size).toBe(EXPORTED.length)
  })

  test('has every distribution that attempts and connections have', () => {
    const known = new Set(EXPORTED.flatMap(({ from }) => from.split(', ')))
    const all = CATALOGUE.filter((metric) => metric.kind === 'distribution')
    const own = all.filter(({ source }) => source === 'attempt' || source === 'pooled' || source === 'connection')
    expect(own.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
  })

  test('has rising bounds for histograms, and for nothing else', () => {
    for (const { name, kind, bounds } of EXPORTED) {
      expect([name, kind === 'histogram'], name).toEqual([name, bounds.length > 0])
      expect([...bounds].sort((a, b) => a - b)).toEqual(bounds)
    }
  })
})
