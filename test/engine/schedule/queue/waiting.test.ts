import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { WaitingArrivals } from '../../../../src/engine/schedule/queue/waiting.ts'

test('first come, first served, however far it grows and wraps', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -700, max: 900 }), { maxLength: 30 }), (moves) => {
      const queue = new WaitingArrivals()
      const model: number[] = []
      let next = 0
      for (const move of moves) {
        for (let i = 0; i < move; i += 1) {
          queue.push({ phase: next % 7, intended: next, noticedAt: next + 0.5, turn: next - 1 })
          model.push(next++)
        }
        for (let i = 0; i > move; i -= 1) {
          const expected = model.shift()
          expect(queue.shift()).toEqual(
            expected === undefined
              ? undefined
              : { phase: expected % 7, intended: expected, noticedAt: expected + 0.5, turn: expected - 1 },
          )
        }
        expect(queue.size).toBe(model.length)
      }
    }),
    { numRuns: 50 },
  )
})

test('a million may wait, and not one more', () => {
  const queue = new WaitingArrivals()
  for (let i = 0; i < 1_000_000; i += 1) queue.push({ phase: 0, intended: i, noticedAt: i, turn: -1 })
  expect(queue.push({ phase: 0, intended: 0, noticedAt: 0, turn: -1 })).toBe(false)
  expect(queue.size).toBe(1_000_000)
  expect(queue.shift()?.intended).toBe(0)
  expect(queue.push({ phase: 0, intended: 7, noticedAt: 7, turn: -1 })).toBe(true)
})
