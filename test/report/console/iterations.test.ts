import { expect, test } from 'vitest'
import { iterationsText, retriesText } from '../../../src/report/console/iterations.ts'
import { NO_METRICS } from '../../../src/result/empty.ts'

const NONE = { planned: 0, completed: 0, failed: 0, cut: 0, dropped: 0 }

test.each<[object, string]>([
  [{}, ''],
  [{ planned: 20, completed: 20 }, '20 planned, all completed'],
  [{ planned: 20, completed: 17, failed: 3, expired: 2 }, '20 planned = 17 completed + 3 failed (2 timed out)'],
  [
    { planned: 9, completed: 1, failed: 2, expired: 1, faulted: 1 },
    '9 planned = 1 completed + 2 failed (1 timed out, 1 by a template or condition) + 6 in flight',
  ],
  [{ planned: 9, cut: 4, dropped: 5 }, '9 planned = 4 unfinished + 5 dropped'],
])('%j', (given, text) => {
  const iterations = { ...NONE, ...given }
  expect(iterationsText({ iterations, warmup: null })).toBe(text)
  expect(iterationsText({ iterations, warmup: NO_METRICS })).toBe(text === '' ? '' : `${text}, warm-up included`)
})

test('retries say what they were good for', () => {
  const retries = { attempts: 12, exchanges: 100, firstOk: 90, afterRetryOk: 8, longestWaitMs: 2000, longestAskedMs: 5000 }
  expect(retriesText({ retries })).toBe('12 more attempts · ok at first 90%, in the end 98% · longest wait 2s (asked for 5s)')
  expect(retriesText({ retries: { ...retries, longestAskedMs: null } })).not.toContain('asked')
  expect(retriesText({})).toBe('')
})
