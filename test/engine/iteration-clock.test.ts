import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import { Control, type Woken } from '../../src/engine/schedule/control.ts'
import { IterationClock } from '../../src/engine/user/iteration-clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function clockOf(limitMs: number | undefined, runsToCompletion = false) {
  const control = new Control()
  const clock = new IterationClock(control)
  const onTimeout = vi.fn()
  clock.begin(runsToCompletion, limitMs, onTimeout)
  return { control, clock, onTimeout }
}

/** How a wait ended, and after how many ms. */
async function ending(wait: Promise<Woken>, advanceMs: number): Promise<[Woken | 'waits', number]> {
  const from = now()
  let end: [Woken | 'waits', number] = ['waits', advanceMs]
  void wait.then((woken) => {
    end = [woken, Math.round(now() - from)]
  })
  await vi.advanceTimersByTimeAsync(advanceMs)
  return end
}

const never = () => new Promise<void>(() => {})

test.each([
  ['before the bound', 100, 300, ['due', 100]],
  ['at the bound', 300, 300, ['due', 300]],
  ['beyond the bound', 2000, 300, ['timeout', 300]],
  ['without a bound', 2000, undefined, ['due', 2000]],
  ['in the past', -5, 300, ['due', 0]],
])('a sleep %s', async (_, ms, limitMs, expected) => {
  const { clock } = clockOf(limitMs)
  expect(await ending(clock.sleepUntil(now() + ms), 5000)).toEqual(expected)
})

test('a stop wakes a sleep, but not that of a teardown', async () => {
  for (const [runsToCompletion, expected] of [
    [false, ['stopped', 50]],
    [true, ['due', 2000]],
  ] as const) {
    const { control, clock } = clockOf(undefined, runsToCompletion)
    setTimeout(() => control.stop('signal'), 50)
    expect(await ending(clock.sleepUntil(now() + 2000), 5000)).toEqual(expected)
  }
})

test('a teardown has a bound all the same', async () => {
  const { clock, onTimeout } = clockOf(300, true)
  expect(await ending(clock.sleepUntil(now() + 2000), 5000)).toEqual(['timeout', 300])
  expect(onTimeout).toHaveBeenCalledExactlyOnceWith(300)
})

test('expiry is told once, at its time, and not when the iteration ended before', async () => {
  const late = clockOf(300)
  const early = clockOf(300)
  await vi.advanceTimersByTimeAsync(299)
  early.clock.end()
  expect(late.onTimeout).not.toHaveBeenCalled()
  expect(late.clock.timedOut).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  expect(late.onTimeout).toHaveBeenCalledExactlyOnceWith(300)
  expect(late.clock.timedOut).toBe(true)
  expect(early.onTimeout).not.toHaveBeenCalled()
})

test('whoever asks after the bound hears that it has passed, whether or not the timer has fired', () => {
  const { clock, onTimeout } = clockOf(300)
  vi.setSystemTime(Date.now())
  const passed = vi.spyOn(performance, 'now').mockReturnValue(now() + 301)
  expect(clock.timedOut).toBe(true)
  expect(onTimeout).not.toHaveBeenCalled()
  passed.mockRestore()
})

test('a wait ends with what it waits for, with the bound, or with the grace of the run', async () => {
  const fine = clockOf(300)
  expect(await ending(fine.clock.waitFor(new Promise((resolve) => setTimeout(resolve, 20))), 1000)).toEqual(['due', 20])
  const late = clockOf(300)
  expect(await ending(late.clock.waitFor(never()), 1000)).toEqual(['timeout', 300])
  const cut = clockOf(undefined)
  setTimeout(() => cut.control.stop('signal'), 10)
  setTimeout(() => cut.control.cancel(), 40)
  expect(await ending(cut.clock.waitFor(never()), 1000)).toEqual(['stopped', 40])
  expect(await ending(cut.clock.waitFor(never()), 1000)).toEqual(['stopped', 0])
})

test('what a wait is refused with is passed on', async () => {
  const { clock } = clockOf(300)
  await expect(clock.waitFor(Promise.reject(new Error('no token')))).rejects.toThrow('no token')
})

test('the next iteration has its own time', async () => {
  const { clock, onTimeout } = clockOf(300)
  await vi.advanceTimersByTimeAsync(300)
  clock.end()
  clock.begin(false, 300, onTimeout)
  expect(clock.timedOut).toBe(false)
  expect(await ending(clock.sleepUntil(now() + 100), 100)).toEqual(['due', 100])
})
