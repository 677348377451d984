/** Schedules that have no times. */
import { expect, test } from 'vitest'
import { cronTimes } from '../../../src/cli/schedule/times.ts'

test.each([
  ['61 * * * *', 'UTC', 'Invalid value for minute: 61'],
  ['every day', 'UTC', 'it has 2 fields, expected 5, or 6 with seconds first'],
  ['* * * * *', 'Mars/Crater', 'there is no such time zone'],
  ['0 0 30 2 *', 'UTC', 'is never due'],
])('%s in %s is refused', (cron, zone, words) => {
  expect(() => cronTimes(cron, zone)).toThrow(words)
})
