/** Sums of money are exact, and a price that is not known is never 0. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/exchange.ts'
import { CostRecorder, Money } from '../../../src/metrics/counts/costs.ts'

describe('a sum of money', () => {
  test('is exact where a sum of doubles is not', () => {
    const sum = new Money()
    let doubles = 0
    for (let i = 0; i < 1_000_000; i += 1) {
      sum.add(0.1)
      doubles += 0.1
    }
    expect(doubles).not.toBe(100_000)
    expect(sum.value).toBe(100_000)
  })

  test('is the sum of its millionths of millionths, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { maxLength: 200 }), (parts) => {
        const [forward, backward] = [new Money(), new Money()]
        for (const part of parts) forward.add(part / 1e12)
        for (const part of parts.toReversed()) backward.add(part / 1e12)
        const exact = parts.reduce((sum, part) => sum + BigInt(part), 0n)
        expect(BigInt(Math.round(forward.value * 1e6))).toBe((exact + 500_000n) / 1_000_000n)
        expect(backward.value).toBe(forward.value)
      }),
    )
  })
})

const call = (over: Partial<Exchange>) => ({ outcome: 'ok', frames: 1, usage: undefined, cost: undefined, ...over }) as Exchange

describe('what a run costs', () => {
  test('failed and cut calls are paid for as well', () => {
    const costs = new CostRecorder()
    costs.add(call({ cost: 1 }), 0)
    costs.add(call({ cost: 2, outcome: 'failed' }), 0)
    costs.add(call({ cost: 4, outcome: 'cut' }), 1)
    expect([costs.total.value, costs.failed.value, costs.cut.value, costs.calls]).toEqual([7, 2, 4, 3])
  })

  test('warm-ups are apart', () => {
    const costs = new CostRecorder()
    costs.add(call({ cost: 1 }), undefined)
    expect([costs.total.value, costs.outside.value, costs.calls]).toEqual([0, 1, 0])
  })

  test('a call without a known price makes its session unpriced; one that was refused does not', () => {
    const costs = new CostRecorder()
    costs.add(call({}), 0)
    costs.add(call({ cost: 1 }), 0)
    costs.add(call({ frames: 0, outcome: 'failed' }), 1)
    costs.add(call({ cost: 3 }), 1)
    costs.iterationEnded('completed', 0)
    costs.iterationEnded('failed', 1)
    expect([costs.calls, costs.unpriced, costs.sessionsUnpriced]).toEqual([3, 1, 1])
    expect([costs.perSession.count, costs.sessions.value]).toEqual([1, 3])
  })

  test('an iteration that was cut has no cost of its own', () => {
    const costs = new CostRecorder()
    costs.add(call({ cost: 1 }), 0)
    costs.iterationEnded('cut', 0)
    expect([costs.perSession.count, costs.total.value]).toEqual([0, 1])
  })
})
