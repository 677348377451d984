/** Statuses that no target sent. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

test('statuses are of all that are possible', () => {
  const answers = Array.from({ length: 100 }, (_, seed) => drawn({ status: [500, 429], retryAfter: '2s' }, seed))
  expect(new Set(answers.map((one) => one.does === 'answer' && one.status))).toEqual(new Set([500, 429]))
  expect(drawn({ status: 503 })).toEqual({ does: 'answer', status: 503, retryAfterMs: undefined })
})
