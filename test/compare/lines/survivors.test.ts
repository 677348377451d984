import { expect, test } from 'vitest'
import type { ComparedValue } from '../../../src/compare/comparison.ts'
import { withoutSurvivors } from '../../../src/compare/lines/survivors.ts'
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
  ['B fails more and looks faster', 0.2, 'BETTER', 'UNCLEAR'],
  ['B fails more and is slower', 0.2, 'WORSE', 'WORSE'],
  ['A fails more and looks faster', -0.2, 'WORSE', 'UNCLEAR'],
  ['A fails more and is slower', -0.2, 'BETTER', 'BETTER'],
  ['both fail alike', 0.001, 'BETTER', 'BETTER'],
] as const)('%s', (_, errors, verdict, expected) => {
  const [latency, share] = withoutSurvivors([line('ttft p50', 'ms', 0, verdict), line('errors', 'ratio', errors, 'WORSE')])
  expect(latency?.verdict).toBe(expected)
  expect(latency?.note).toBe(expected === 'UNCLEAR' ? 'survivors only' : undefined)
  expect(share?.verdict).toBe('WORSE')
})

test('a side whose slow half fails is not better for it, even when errors do not decide', () => {
  const { a, b } = simulate({ seed: 'survivors', attempts: 4000, seconds: 60, slower: 0.5, errorsB: 0.4 })
  const { verdict, values } = compareTogether(a, b, { tolerances: TOGETHER, seed: '7', gates: ['response_time p50'] })
  expect(values[0]).toMatchObject({ metric: 'response_time p50', verdict: 'UNCLEAR', note: 'survivors only' })
  expect(verdict).toBe('UNCLEAR')
})
