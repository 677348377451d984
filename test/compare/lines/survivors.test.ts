import { expect, test } from 'vitest'
import type { ComparedValue } from '../../../src/compare/comparison.ts'
import { moreFailures, withoutSurvivors } from '../../../src/compare/lines/survivors.ts'
import { TOGETHER } from '../../../src/compare/metrics.ts'
import { compareTogether } from '../../../src/compare/together.ts'
import { simulate } from '../simulated.ts'

const line = (metric: string, unit: 'ms' | 'ratio', change: number, verdict: ComparedValue['verdict']): ComparedValue => ({
  ...{
    metric,
    unit,
    gate: true,
    a: 1,
    b: 1,
    change,
    low: change,
    high: change,
    tolerance: 0.01,
    delta: null,
    verdict,
    timesMore: null,
  },
})

test.each([
  ['B fails much more and looks faster', 0.3, 'BETTER', 'UNCLEAR'],
  ['B fails much more and is slower', 0.3, 'WORSE', 'WORSE'],
  ['A fails much more and looks faster', -0.3, 'WORSE', 'UNCLEAR'],
  ['A fails much more and is slower', -0.3, 'BETTER', 'BETTER'],
  ['both fail nearly alike', 0.01, 'BETTER', 'BETTER'],
] as const)('of values alone: %s', (_, errors, verdict, expected) => {
  const [latency, share] = withoutSurvivors([line('ttft p50', 'ms', 0, verdict), line('errors', 'ratio', errors, 'WORSE')])
  expect(latency?.verdict).toBe(expected)
  expect(latency?.note).toBe(expected === 'UNCLEAR' ? 'survivors only' : undefined)
  expect(share?.verdict).toBe('WORSE')
})

test('a few more failures of A do not hide that B is twice as slow', () => {
  const { a, b } = simulate({ seed: 'few failures', attempts: 4000, seconds: 60, slower: 2, errorsA: 0.01, errorsB: 0 })
  const { verdict, values } = compareTogether(a, b, { tolerances: TOGETHER, seed: '7' })
  expect(verdict).toBe('WORSE')
  expect(values[0]).toMatchObject({ metric: 'response_time p50', verdict: 'WORSE' })
})

test('the side that fails more is named, time-outs left out', () => {
  const counts = {
    ok: 90,
    failed: 10,
    dropped: 0,
    timeouts: 5,
    checksHeld: 0,
    checksMade: 0,
    outputTokens: 0,
    okAfterFault: 0,
    checksAfterFault: 0,
  }
  expect(moreFailures([counts], [{ ...counts, timeouts: 10 }])).toEqual({ side: 'a', attempts: 5 })
  expect(moreFailures([counts], [counts])).toBeUndefined()
})

test('a side whose slow half fails is not better for it, even when errors do not decide', () => {
  const { a, b } = simulate({ seed: 'survivors', attempts: 4000, seconds: 60, slower: 0.5, errorsB: 0.6 })
  const { verdict, values } = compareTogether(a, b, { tolerances: TOGETHER, seed: '7', gates: ['response_time p50'] })
  expect(values[0]).toMatchObject({ metric: 'response_time p50', verdict: 'UNCLEAR', note: 'survivors only' })
  expect(verdict).toBe('UNCLEAR')
})
