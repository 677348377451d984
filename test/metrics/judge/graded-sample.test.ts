import { expect, test } from 'vitest'
import { GradedSample } from '../../../src/metrics/judge/graded-sample.ts'

const REPLIES = Array.from({ length: 200 }, (_, iteration) => iteration)

function drawn(order: readonly number[], size = 10, seed = 's'): string[] {
  const sample = new GradedSample<string>(size, seed)
  for (const i of order) sample.offer([i, 1], () => `reply ${i}`)
  expect(sample.offered).toBe(order.length)
  return [...sample.read()]
}

test('the sample is the same in whichever order replies end, and another one with another seed', () => {
  const sample = drawn(REPLIES)
  expect(sample).toHaveLength(10)
  expect(drawn(REPLIES.toReversed())).toEqual(sample)
  expect(drawn(REPLIES, 10, 'other')).not.toEqual(sample)
})

test('a smaller sample is the beginning of a larger one', () => {
  expect(drawn(REPLIES, 25).slice(0, 10)).toEqual(drawn(REPLIES))
})

test('all replies are in it when there are no more than it holds, and each can be', () => {
  expect(drawn(REPLIES.slice(0, 7)).toSorted()).toEqual(REPLIES.slice(0, 7).map((i) => `reply ${i}`))
  const seen = new Set(Array.from({ length: 200 }, (_, seed) => drawn(REPLIES, 10, String(seed))).flat())
  expect(seen.size).toBe(200)
})

test('replies that are surely not in it are not looked at', () => {
  const sample = new GradedSample<number>(5, 's')
  let looked = 0
  for (const i of Array.from({ length: 10_000 }, (_, n) => n))
    sample.offer([i], () => {
      looked += 1
      return i
    })
  expect(looked).toBeLessThan(200)
})
