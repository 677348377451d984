import { describe, expect, test } from 'vitest'
import { askedMs, waitMs } from '../../../../src/engine/user/reply/retry.ts'
import { createRandom } from '../../../../src/random.ts'
import type { RetryPolicy } from '../../../../src/scenario/schema/errors.ts'
import { failed } from './failed.ts'

const POLICY: RetryPolicy = { max: 3, delay: 100, multiplier: 2, maxDelay: 1000, jitter: false, retryAfter: true }

describe('the wait before a retry', () => {
  test.each([
    ['grows by its factor', {}, [1, 2, 3, 4], [100, 200, 400, 800]],
    ['up to maxDelay', {}, [5, 6, 50], [1000, 1000, 1000]],
    ['stays the same with a factor of 1', { multiplier: 1 }, [1, 2, 9], [100, 100, 100]],
  ])('%s', (_, over, numbers, expected) => {
    const random = createRandom('seed', 'test', 0)
    expect(numbers.map((number) => waitMs({ ...POLICY, ...over }, number, null, random))).toEqual(expected)
  })

  test('with jitter lies anywhere between nothing and its length', () => {
    const random = createRandom('seed', 'test', 0)
    const drawn = Array.from({ length: 2000 }, () => waitMs({ ...POLICY, jitter: true }, 2, null, random))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
    expect(Math.min(...drawn)).toBeLessThan(10)
    expect(Math.max(...drawn)).toBeLessThan(200)
    expect(Math.max(...drawn)).toBeGreaterThan(190)
    expect(drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length).toBeCloseTo(100, -1)
  })

  test.each([
    ['is what the target asks for when that is longer', {}, 600, 600],
    ['is its own when that is longer', {}, 20, 100],
    ['is never more than maxDelay', {}, 60_000, 1000],
    ['is its own where retryAfter is off', { retryAfter: false }, 600, 100],
  ])('%s', (_, over, asked, expected) => {
    expect(waitMs({ ...POLICY, ...over }, 1, asked, createRandom('seed', 'test', 0))).toBe(expected)
  })

  const NOW = Date.UTC(2026, 0, 1, 12)
  test.each([
    ['seconds', { 'retry-after': '7' }, undefined, 7000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 12:00:05 GMT' }, undefined, 5000],
    ['the body', {}, 46_000, 46_000],
    ['a header before the body', { 'retry-after': '7' }, 46_000, 7000],
    ['nothing', {}, undefined, null],
  ])('asked for by %s', (_, headers, inBody, expected) => {
    expect(askedMs(failed(headers as Record<string, string>, inBody), NOW)).toBe(expected)
  })
})
