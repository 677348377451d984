/** The page of a comparison. */
import { describe, expect, test } from 'vitest'
import type { ComparedValue, Comparison } from '../../../src/compare/comparison.ts'
import { changeText, valueText } from '../../../src/report/compared/words.ts'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import type { Result } from '../../../src/result/schema.ts'
import { counts, distribution, errorGroup, fine, HOSTILE, slice, step, thresholdFailed } from '../results.ts'

const value = (changed: Partial<ComparedValue>): ComparedValue => ({
  ...{ metric: 'ttft p50', unit: 'ms', gate: true, a: 212, b: 228, change: 0.075, low: 0.031, high: 0.122 },
  ...{ tolerance: 0.05, delta: 0.13, verdict: 'WORSE', timesMore: null },
  ...changed,
})
const errors: Partial<ComparedValue> = {
  metric: 'errors',
  unit: 'ratio',
  a: 0.0038,
  b: 0.0048,
  change: 0.001,
  low: -0.006,
  high: 0.008,
}
const COMPARISON: Comparison = {
  ...{
    mode: 'stored',
    verdict: 'WORSE',
    reason: `B is worse: ttft p50 ${HOSTILE}`,
    units: 20,
    alpha: 0.01,
    runNoise: 0.03,
    seed: '7',
  },
  a: { name: 'base', runId: 'aa', attempts: 1043, verdict: 'passed' },
  b: { name: HOSTILE, runId: 'bb', attempts: 1043, verdict: 'could_not_test' },
  values: [
    value({}),
    value({
      metric: 'rate',
      unit: 'per_second',
      gate: false,
      a: 20,
      b: 10,
      change: -0.5,
      low: -0.6,
      high: -0.4,
      tolerance: 0.1,
      delta: null,
    }),
    value({ ...errors, tolerance: 0.01, delta: null, verdict: 'SAME' }),
    value({
      metric: 'ttft p99',
      gate: false,
      b: null,
      change: null,
      low: null,
      high: null,
      verdict: 'UNCLEAR',
      note: 'few samples',
    }),
  ],
  warnings: [`the loads differ: ${HOSTILE}`],
}
const LOOK = { color: false, width: 100, unicode: true }
const pageOf = (a: readonly Result[], b: readonly Result[], comparison = COMPARISON) =>
  comparisonFormats.html(comparison, LOOK, { a, b })
const sectionOf = (page: string, id: string) => new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(page)?.[0] ?? ''
const rowsOf = (section: string) =>
  Array.from(section.matchAll(/<tr>([\s\S]*?)<\/tr>/g), ([, row = '']) =>
    Array.from(row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g), ([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim()),
  )

describe('the page', () => {
  const page = pageOf([fine], [thresholdFailed])

  test('has the verdict, and texts of both sides as text only', () => {
    expect(page).toContain('<span aria-hidden="true">✗</span> WORSE')
    expect(page).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]|<b>/)
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(sectionOf(page, 'notes')).toContain('the loads differ: \\u{1b}[2J')
  })

  test('shows what decides first, with the figures of the other formats', () => {
    const rows = rowsOf(sectionOf(page, 'changes')).slice(1)
    expect(rows.map(([name]) => name)).toEqual(['ttft p50 decides', 'errors decides', 'rate', 'ttft p99'])
    for (const [at, index] of [0, 2, 1, 3].entries()) {
      const one = COMPARISON.values[index] ?? value({})
      expect(rows[at]?.slice(1, 4)).toEqual([valueText(one.a, one), valueText(one.b, one), changeText(one.change, one)])
    }
    expect(rows[3]?.at(-1)).toBe('UNCLEAR (few samples)')
  })

  test('draws the bounds beside the limit: rates and latencies on one scale, shares on their own', () => {
    const drawn = Array.from(
      sectionOf(page, 'changes').matchAll(/class="within" x="([^"]*)" width="([^"]*)"/g),
      ([, x, width]) => `${x} ${width}`,
    )
    // The widest bound, 60 %, lies 1/1.05 of the way to the end; 5 % are a twelfth of it.
    expect(drawn[0]).toBe('46.03% 7.94%')
    expect(drawn[2]).toBe('42.06% 15.87%')
    const ranges = Array.from(sectionOf(page, 'changes').matchAll(/class="range" x="([^"]*)" width="([^"]*)"/g), ([, x]) =>
      Number.parseFloat(x ?? ''),
    )
    expect(ranges).toHaveLength(3)
    expect(ranges[0]).toBeGreaterThan(50)
    expect(ranges[2]).toBeLessThan(5)
  })

  test('holds the comparison as data', () => {
    const [, data = ''] = /id="burn-comparison">([\s\S]*?)<\/script>/.exec(page) ?? []
    expect(JSON.parse(data)).toEqual(COMPARISON)
  })
})

describe('both sides', () => {
  test('percentiles lie over each other, for what both have', () => {
    const page = pageOf([fine], [thresholdFailed])
    const titles = Array.from(sectionOf(page, 'percentiles').matchAll(/<h3>([^<]*)/g), ([, title]) => title)
    expect(titles).toEqual(['response_time', 'service_time', 'ttft', 'tpot'])
    const without = { ...fine, total: slice(counts(1200), { response_time: distribution(1, 2, 3) }) }
    expect(sectionOf(pageOf([fine], [without]), 'percentiles').match(/<h3>/g)).toHaveLength(1)
  })

  test('a set of runs counts as one: its samples together', () => {
    const page = pageOf([fine, fine, fine], [fine])
    expect(page).toContain('A: base (the first of 3)')
    const marks = Array.from(sectionOf(page, 'percentiles').matchAll(/aria-label="([^"]*)"/g), ([, says]) => says)
    expect(marks[0]).toMatch(/^response_time: A p50 820ms.*; B p50 820ms/)
  })

  test('steps are matched by name, and one that only one side has keeps its place', () => {
    const b = { ...fine, steps: [step('open', slice(counts(90, 10))), step('new', slice(counts(5)))] }
    const rows = rowsOf(sectionOf(pageOf([fine], [b]), 'steps')).slice(1)
    expect(rows.map((row) => row.slice(0, 5))).toEqual([
      ['open', '600', '100', '100%', '90%'],
      ['follow-up', '600', '', '100%', ''],
      ['new', '', '5', '', '100%'],
    ])
  })

  test('failures that are alike are counted on both sides, the largest difference first', () => {
    const a = { ...fine, errors: [errorGroup({ class: 'reset', count: 7 }), errorGroup({ class: 'timeout', count: 3 })] }
    const b = { ...fine, errors: [errorGroup({ class: 'timeout', count: 40 }), errorGroup({ class: 'reset', count: 9 })] }
    const rows = rowsOf(sectionOf(pageOf([a], [b]), 'failures')).slice(1)
    expect(rows.map(([name, , one, other]) => [name, one, other])).toEqual([
      ['timeout', '3', '40'],
      ['reset', '7', '9'],
    ])
    expect(sectionOf(pageOf([fine], [fine]), 'failures')).toBe('')
  })

  test('a side without a timeline has no curves over time', () => {
    expect(sectionOf(pageOf([fine], [{ ...fine, timeline: [] }]), 'time')).toBe('')
    expect(sectionOf(pageOf([fine], [fine]), 'time').match(/<h3>/g)).toHaveLength(2)
  })
})
