import { describe, expect, test } from 'vitest'
import { offsets, open } from './build.ts'

function statistics(values: readonly number[]): { mean: number; variation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variation: Math.sqrt(variance) / mean }
}

describe('poisson arrivals, seed 7, n about 20,000', () => {
  const load = open('constant-arrival-rate', { rate: '1000/s', for: '20s', arrivals: 'poisson' })
  const all = offsets(load, '7')
  const gaps = all.map((offset, i) => offset - (all[i - 1] ?? 0))

  test('gaps have their mean within 2 %, and vary as much as it', () => {
    const { mean, variation } = statistics(gaps)
    expect(Math.abs(mean - 1)).toBeLessThan(0.02)
    expect(variation).toBeGreaterThan(0.97)
    expect(variation).toBeLessThan(1.03)
    expect(Math.abs(all.length - 20_000)).toBeLessThan(4 * Math.sqrt(20_000))
  })

  test('their distribution is exponential: e^−k of them are longer than k means', () => {
    for (const k of [0.5, 1, 2, 4]) {
      const share = gaps.filter((gap) => gap > k).length / gaps.length
      expect(Math.abs(share - Math.exp(-k))).toBeLessThan(0.012)
    }
  })

  test('the same seed gives the same offsets, another seed others', () => {
    expect(offsets(load, '7')).toEqual(all)
    expect(offsets(load, '8')).not.toEqual(all)
  })
})

test('without maxUsers, users are added as needed, whatever the rate', () => {
  expect(open('constant-arrival-rate', { rate: '10/s', for: '1s' })).toMatchObject({ maxUsers: 10_000, addsUsers: true })
  expect(open('constant-arrival-rate', { rate: '10/s', for: '1s', maxUsers: 7 })).toMatchObject({ maxUsers: 7, addsUsers: false })
})
