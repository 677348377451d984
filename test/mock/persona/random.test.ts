import { expect, test } from 'vitest'
import { createRandom, hash } from '../../../src/mock/persona/random.ts'

const draw = (count: number, ...parts: (string | number)[]) => {
  const random = createRandom(...parts)
  return Array.from({ length: count }, random)
}

test('equal parts give equal numbers, others unrelated ones', () => {
  expect(draw(5, 1, 'text', 7)).toEqual(draw(5, 1, 'text', 7))
  expect(draw(5, 1, 'text', 8)).not.toEqual(draw(5, 1, 'text', 7))
  expect(hash('a', 'b')).not.toBe(hash('b', 'a'))
})

test('numbers are even in [0, 1), within one stream and over the first of many', () => {
  for (const numbers of [draw(20_000, 1), Array.from({ length: 20_000 }, (_, k) => draw(1, 1, 'fault', k)[0] ?? 0)]) {
    const tenths = Array.from({ length: 10 }, (_, n) => numbers.filter((x) => x >= n / 10 && x < (n + 1) / 10).length)
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200)
  }
})
