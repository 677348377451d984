import { expect, test } from 'vitest'
import { Throttling, throttledIn } from '../src/machine.ts'

test.each([
  ['version 2', 'usage_usec 5\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500\n', 2.5],
  ['version 1', 'nr_periods 10\nnr_throttled 4\nthrottled_time 2500000\n', 2.5],
  ['a group without a limit', 'usage_usec 5\nuser_usec 3\n', null],
  ['no file', '', null],
])('%s', (_, text, ms) => expect(throttledIn(text)).toBe(ms))

test('counts from its own beginning, where the system counts at all', () => {
  const read = new Throttling().read()
  expect(read === null || read >= 0).toBe(true)
})
