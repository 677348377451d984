import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { everySecond } from '../../../src/engine/schedule/every-second.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('once after each whole second, from whenever it began, until it is ended', () => {
  vi.advanceTimersByTime(234)
  const startedAt = performance.now()
  const heard: number[] = []
  const end = everySecond(startedAt, () => heard.push(performance.now() - startedAt))
  vi.advanceTimersByTime(3500)
  expect(heard.map(Math.round)).toEqual([1000, 2000, 3000])
  end()
  vi.advanceTimersByTime(5000)
  expect(heard).toHaveLength(3)
})

test('a timer that fires early does not make two seconds of one', () => {
  const heard: number[] = []
  const startedAt = performance.now() + 0.4
  const end = everySecond(startedAt, () => heard.push(performance.now() - startedAt))
  vi.advanceTimersByTime(2999)
  end()
  expect(heard).toHaveLength(2)
  for (const at of heard) expect(at % 1000).toBeLessThan(2)
})
