import { expect, test } from 'vitest'
import { Disturbances } from '../../src/metrics/disturbances.ts'

/** Signs of life every 10 ms from `from` to `to`. */
function beats(watch: Disturbances, from: number, to: number): void {
  for (let at = from; at <= to; at += 10) watch.alive(at)
}

test('a steady beat is no disturbance, and touches nothing', () => {
  const watch = new Disturbances()
  beats(watch, 0, 1000)
  expect(watch).toMatchObject({ count: 0, totalMs: 0 })
  expect(watch.touched(0, 1005, 0)).toBe(false)
})

test('a silence taints what began before its end, and nothing after', () => {
  const watch = new Disturbances()
  beats(watch, 0, 100)
  beats(watch, 160, 200)
  expect(watch).toMatchObject({ count: 1, totalMs: 50 })
  expect([90, 130, 159].map((from) => watch.touched(from, 205, 0))).toEqual([true, true, true])
  expect([160, 180].map((from) => watch.touched(from, 205, 0))).toEqual([false, false])
})

test('a reply that is read before the beat comes shows the silence itself', () => {
  const watch = new Disturbances()
  beats(watch, 0, 100)
  expect(watch.touched(95, 150, 0)).toBe(true)
  expect(watch.count).toBe(1)
})

test('what started late by as much is tainted without a silence', () => {
  const watch = new Disturbances()
  beats(watch, 0, 100)
  expect(watch.touched(60, 104, 11)).toBe(true)
  expect(watch.touched(60, 104, 9)).toBe(false)
})

test('without a first sign of life nothing is tainted, as in virtual time', () => {
  const watch = new Disturbances()
  expect(watch.touched(0, 3_600_000, 500)).toBe(false)
  beats(watch, 0, 100)
  watch.reset()
  watch.alive(5000)
  expect(watch.count).toBe(0)
})
