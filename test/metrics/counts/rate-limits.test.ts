import { expect, test } from 'vitest'
import { mentionsLimits, RateLimitRecorder } from '../../../src/metrics/counts/rate-limits.ts'

const NOTHING = {
  limitRequests: null,
  remainingRequests: null,
  limitTokens: null,
  remainingTokens: null,
  remainingInputTokens: null,
  remainingOutputTokens: null,
  retryAfterMs: null,
}

test('the least that was left, the longest wait, the last limits', () => {
  const recorder = new RateLimitRecorder()
  recorder.add({ ...NOTHING, limitRequests: 100, remainingRequests: 40, limitTokens: 5 }, false)
  recorder.add({ ...NOTHING, limitRequests: 90, remainingRequests: 60, retryAfterMs: 20 }, true)
  recorder.add({ ...NOTHING, remainingTokens: 0, retryAfterMs: 10 }, true)
  expect(recorder.read()).toEqual({
    replies: 3,
    limitRequests: 90,
    minRemainingRequests: 40,
    limitTokens: 5,
    minRemainingTokens: 0,
    limited: 2,
    maxRetryAfterMs: 20,
  })
})

test('without a reply that says anything there is nothing to say', () => {
  expect(new RateLimitRecorder().read()).toBeUndefined()
})

test.each([
  [{ 'x-ratelimit-remaining-requests': '1' }, true],
  [{ 'anthropic-ratelimit-tokens-limit': '1' }, true],
  [{ 'retry-after': '1' }, true],
  [{ 'retry-after-ms': '1' }, true],
  [{ 'x-retry-after': '1', date: '' }, false],
  [{}, false],
])('%j is about limits: %s', (headers, is) => expect(mentionsLimits(headers as Record<string, string>)).toBe(is))
