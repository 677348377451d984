/** The lines about a search. */
import { expect, test } from 'vitest'
import { pointLine } from '../../../src/report/search/index.ts'
import { point } from './found.ts'

test('the line of a point says whether it holds, and why one says nothing', () => {
  expect(pointLine(point(1, 9, 0.8), 'users')).toBe('9 users: holds, 80% of what is allowed is used (response_time p95 < 1s)')
  expect(pointLine(point(1, 12.5, 2, { counts: false }), 'rate')).toBe('12.5/s: says nothing: too few samples')
  expect(pointLine(point(1, 9, 2, { counts: false, exitCode: 4, reason: 'too late' }), 'users')).toBe(
    '9 users: says nothing: too late',
  )
})
