import { describe, expect, test } from 'vitest'
import { offsets, open } from './build.ts'

describe('constant arrivals', () => {
  test('1000/s for 20 s: 20,000, each exactly on its millisecond', () => {
    const all = offsets(open('constant-arrival-rate', { rate: '1000/s', for: '20s' }))
    expect(all).toHaveLength(20_000)
    for (const [n, offset] of all.entries()) expect(offset).toBeCloseTo(n, 9)
  })

  test('an odd rate keeps its number over a long time: no error adds up', () => {
    const all = offsets(open('constant-arrival-rate', { rate: '7/s', for: '1h' }))
    expect(all).toHaveLength(25_200)
    expect(all.at(-1)).toBeCloseTo((25_199 / 7) * 1000, 6)
  })

  test.each([
    ['1/s', '5s', 5],
    ['1/s', '5500ms', 6],
    ['90/m', '1m', 90],
    ['1000/h', '1h', 1000],
  ])('%s for %s are %i', (rate, length, count) => {
    expect(offsets(open('constant-arrival-rate', { rate, for: length }))).toHaveLength(count)
  })
})
