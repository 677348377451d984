import { describe, expect, test } from 'vitest'
import type { ComparedRun } from '../../src/compare/compared-run.ts'
import { REGRESSION, TOGETHER } from '../../src/compare/metrics.ts'
import { PooledLatency } from '../../src/compare/pooled.ts'
import { compareInTurns, compareTogether } from '../../src/compare/together.ts'
import { simulate } from './simulated.ts'

const CHOICES = { tolerances: TOGETHER, seed: '7' }
const WORSE = simulate({ seed: 'worse', attempts: 2000, seconds: 60, slower: 1.3 })

/** A side with every latency 2ⁿ times as long: each lies n · 1,024 buckets further. */
function doubled(side: ComparedRun, n: number): ComparedRun {
  const blocks = side.blocks.map((block) => {
    const of = block.latencies.response_time
    const pairs = of?.pairs.map((value, i) => (i % 2 === 0 ? value + 1024 * n : value)) ?? []
    return { ...block, latencies: of ? { response_time: { ...of, pairs } } : {} }
  })
  return { ...side, blocks }
}

test('a slower side is worse, by how much, and with which bounds', () => {
  const { verdict, reason, values, units, a, b } = compareTogether(WORSE.a, WORSE.b, CHOICES)
  expect(verdict).toBe('WORSE')
  expect(reason).toMatch(/^B is worse: response_time p50/)
  const [p50] = values
  expect(p50).toMatchObject({ metric: 'response_time p50', gate: true, verdict: 'WORSE', tolerance: 0.05 })
  expect(p50?.low).toBeGreaterThan(0)
  expect(p50?.low).toBeLessThan(0.3)
  expect(p50?.high).toBeGreaterThan(0.3)
  expect(p50?.delta).toBeGreaterThan(0.1)
  expect({ units, attempts: [a.attempts, b.attempts] }).toEqual({ units: 27, attempts: [1800, 1800] })
})

test('the other way round every sign is the other', () => {
  const there = compareTogether(WORSE.a, WORSE.b, CHOICES)
  const back = compareTogether(WORSE.b, WORSE.a, CHOICES)
  expect(back.verdict).toBe('BETTER')
  for (const [i, value] of there.values.entries()) {
    const other = back.values[i]
    const isShare = value.unit === 'ratio'
    const logs = [value.change, value.low, value.high, other?.change, other?.high, other?.low].map((change) =>
      isShare ? (change ?? Number.NaN) : Math.log1p(change ?? Number.NaN),
    )
    for (const at of [0, 1, 2]) expect(logs[at]).toBeCloseTo(-(logs[at + 3] ?? Number.NaN), 10)
    expect(other?.delta ?? 0).toBeCloseTo(-(value.delta ?? 0), 12)
  }
})

test('the unit of time changes no ratio', () => {
  const shown = (n: number) =>
    compareTogether(doubled(WORSE.a, n), doubled(WORSE.b, n), CHOICES).values.map(({ change, verdict }) => [
      change?.toFixed(4),
      verdict,
    ])
  expect(shown(2)).toEqual(shown(0))
})

test('the same seed gives the same bytes', () => {
  const bytes = () => JSON.stringify(compareTogether(WORSE.a, WORSE.b, CHOICES))
  expect(bytes()).toBe(bytes())
})

test('a side beside itself never differs', () => {
  const { verdict, values } = compareTogether(WORSE.a, WORSE.a, CHOICES)
  expect(verdict).toBe('SAME')
  expect(
    values.every(({ change, verdict: one, metric }) => change === 0 && (one === 'SAME' || metric === 'response_time p99')),
  ).toBe(true)
})

test('seconds alone decide nothing', () => {
  const { a, b } = simulate({ seed: 'short', attempts: 2000, seconds: 8, slower: 2 })
  const { verdict, values, warnings } = compareTogether(a, b, CHOICES)
  expect(verdict).toBe('UNCLEAR')
  expect(values.map((value) => value.verdict)).toEqual(values.map(() => 'UNCLEAR'))
  expect(values[0]?.change).toBeGreaterThan(0.5)
  expect(warnings[0]).toBe('only 7 blocks of 25 attempts: 9 are needed for any verdict')
})

describe('failures', () => {
  test('many more errors are worse, and rare ones on both sides are the same', () => {
    const compared = (errorsA: number, errorsB: number, attempts = 3000) => {
      const { a, b } = simulate({ seed: `errors ${errorsB}`, attempts, seconds: 60, errorsA, errorsB })
      return compareTogether(a, b, CHOICES).values.find(({ metric }) => metric === 'errors')
    }
    expect(compared(0.004, 0.06)).toMatchObject({ unit: 'ratio', verdict: 'WORSE' })
    expect(compared(0.002, 0.002)).toMatchObject({ verdict: 'SAME' })
  })

  test('none of few is not never', () => {
    const { a, b } = simulate({ seed: 'few', attempts: 300, seconds: 60 })
    const errors = compareTogether(a, b, CHOICES).values.find(({ metric }) => metric === 'errors')
    expect(errors).toMatchObject({ a: 0, b: 0, change: 0, verdict: 'UNCLEAR' })
    expect(errors?.high).toBeGreaterThan(0.01)
  })

  test('a time-out is slower than any reply', () => {
    const timedOut = (side: ComparedRun): ComparedRun => ({
      ...side,
      blocks: side.blocks.map((block) => ({ ...block, counts: { ...block.counts, failed: 200, timeouts: 200 } })),
    })
    const { values } = compareTogether(WORSE.a, timedOut(WORSE.a), CHOICES)
    // What a latency of tokens would have been, nobody knows.
    expect(new PooledLatency(timedOut(WORSE.a).blocks, 'ttft').sizes.every((size) => size === 0)).toBe(true)
    expect(values[0]).toMatchObject({ verdict: 'UNCLEAR', note: 'among time-outs', b: null })
    expect(values.find(({ metric }) => metric === 'errors')?.verdict).toBe('WORSE')
  })
})

test('limits of a regression are wider, and those of errors a multiple', () => {
  const { a, b } = simulate({ seed: 'regression', attempts: 4000, seconds: 60, slower: 1.1, errorsA: 0.02 })
  const { values } = compareTogether(a, b, { ...CHOICES, tolerances: REGRESSION })
  expect(values[0]).toMatchObject({ metric: 'response_time p50', tolerance: 0.15, verdict: 'SMALL' })
  const errors = values.find(({ metric }) => metric === 'errors')
  expect(errors?.tolerance).toBeCloseTo(0.5 * (errors?.a ?? 0), 12)
})

test('a metric that is to decide and was not measured leaves it undecided', () => {
  const { verdict, warnings } = compareTogether(WORSE.a, WORSE.a, { ...CHOICES, gates: ['errors', 'ttft p95'] })
  expect(verdict).toBe('UNCLEAR')
  expect(warnings[0]).toBe('ttft p95 was to decide, and was not measured on both sides')
})

test('only the named metrics decide', () => {
  const { verdict, values } = compareTogether(WORSE.a, WORSE.b, { ...CHOICES, gates: ['errors'] })
  expect(verdict).toBe('SAME')
  expect(values.filter(({ gate }) => gate).map(({ metric }) => metric)).toEqual(['errors'])
})

test('runs that took turns are compared in their order', () => {
  const turns = [1, 2].map((n) => simulate({ seed: `turn ${n}`, attempts: 1200, seconds: 30, slower: 1.4 }))
  const found = compareInTurns(
    turns.map(({ a }) => a),
    turns.map(({ b }) => b),
    CHOICES,
  )
  expect(found).toMatchObject({ mode: 'abba', verdict: 'WORSE' })
  expect(found.units).toBeGreaterThan(30)
})
