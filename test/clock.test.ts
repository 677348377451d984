import { afterEach, expect, test } from 'vitest'
import { after, type Clock, every, goBy, isRealTime, nextTurn, now, wallAnchor, wallNow } from '../src/clock.ts'

let back = (): void => {}
afterEach(() => back())

/** A clock that stands still, and writes down what is asked of it. */
function stopped(at: number): { clock: Clock; asked: string[] } {
  const asked: string[] = []
  const clock: Clock = {
    now: () => at,
    wallAnchor: () => 1_000_000,
    after: (ms) => {
      asked.push(`after ${ms}`)
      return () => void asked.push('not after all')
    },
    every: (ms) => {
      asked.push(`every ${ms}`)
      return () => void asked.push('no more')
    },
    nextTurn: () => void asked.push('next turn'),
    isReal: false,
  }
  return { clock, asked }
}

test('everything asks the clock that is in use, until it is given back', () => {
  const { clock, asked } = stopped(5)
  back = goBy(clock)
  expect([now(), wallAnchor(), wallNow(), isRealTime()]).toEqual([5, 1_000_000, 1_000_005, false])
  after(10, () => {})()
  every(20, () => {})()
  nextTurn(() => {})
  expect(asked).toEqual(['after 10', 'not after all', 'every 20', 'no more', 'next turn'])
  back()
  expect(isRealTime()).toBe(true)
})

test('clocks may be put on top of each other', () => {
  back = goBy(stopped(1).clock)
  const second = goBy(stopped(2).clock)
  expect(now()).toBe(2)
  second()
  expect(now()).toBe(1)
})

test('a clock that is below another one is not given back before it', () => {
  const first = goBy(stopped(1).clock)
  back = goBy(stopped(2).clock)
  expect(first).toThrow('another clock has been set since')
  expect(now()).toBe(2)
  back()
  first()
  first()
  expect(isRealTime()).toBe(true)
})

test('the clock of the machine never goes back, and is near the time of day', () => {
  const moments = Array.from({ length: 100 }, now)
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  expect(wallNow() / Date.now()).toBeCloseTo(1, 6)
})
