import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Control } from '../../../src/engine/schedule/control.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('a run is stopped once, and the first reason is kept', () => {
  const control = new Control()
  const seen: string[] = []
  const end = control.onChange(() => seen.push(control.state))
  vi.advanceTimersByTime(5)
  control.stop('threshold')
  const at = control.stoppedAt
  vi.advanceTimersByTime(5)
  control.stop('signal')
  expect([control.state, control.reason, control.stoppedAt]).toEqual(['draining', 'threshold', at])
  control.cancel()
  control.cancel()
  end()
  expect([control.state, control.reason, seen]).toEqual(['over', 'threshold', ['draining', 'over']])
})

test('a run that is cut while it goes on is stopped by the signal first', () => {
  const control = new Control()
  const seen: string[] = []
  control.onChange(() => seen.push(control.state))
  control.cancel()
  expect([seen, control.reason]).toEqual([['draining', 'over'], 'signal'])
})

test('who sleeps wakes at its moment and not before, or when the run stops', async () => {
  const control = new Control()
  const woken: [string, boolean][] = []
  void control.sleepUntil(performance.now() + 10.5).then((on) => woken.push(['first', on]))
  void control.sleepUntil(performance.now() + 1000).then((on) => woken.push(['second', on]))
  await vi.advanceTimersByTimeAsync(10)
  expect(woken).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(woken).toEqual([['first', true]])
  control.stop('onError')
  await vi.advanceTimersByTimeAsync(0)
  expect([woken.at(-1), vi.getTimerCount()]).toEqual([['second', false], 0])
  expect([await control.sleepUntil(0), await new Control().sleepUntil(0)]).toEqual([false, true])
})
