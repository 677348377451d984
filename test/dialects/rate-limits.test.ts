import { expect, test } from 'vitest'
import { readRateLimits, readRetryInfo } from '../../src/dialects/parts/rate-limits.ts'
import { fixture } from './feed.ts'

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0)

const rows: [string, Record<string, string>, Record<string, number | null>][] = [
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    {
      limitRequests: 500,
      remainingRequests: 499,
      resetRequestsMs: 120,
      limitTokens: 30000,
      remainingTokens: 0,
      resetTokensMs: 360_000,
      retryAfterMs: null,
    },
  ],
  [
    'Anthropic',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:30Z',
      'anthropic-ratelimit-input-tokens-remaining': '7',
      'anthropic-ratelimit-output-tokens-limit': '8',
    },
    {
      limitRequests: 50,
      remainingRequests: 49,
      resetRequestsMs: 30_000,
      remainingInputTokens: 7,
      limitOutputTokens: 8,
      limitTokens: null,
    },
  ],
  [
    'Azure: −1 is unknown',
    { 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-remaining-tokens': '0', 'retry-after-ms': '1500', 'retry-after': '2' },
    { remainingRequests: null, remainingTokens: 0, retryAfterMs: 1500 },
  ],
  ['seconds', { 'retry-after': '7' }, { retryAfterMs: 7000 }],
  ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 12:00:05 GMT' }, { retryAfterMs: 5000 }],
  ['a date in the past', { 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, { retryAfterMs: 0 }],
  ['no date at all', { 'retry-after': 'soon' }, { retryAfterMs: null }],
  ['a negative wait', { 'retry-after': '-5' }, { retryAfterMs: null }],
  [
    'epoch seconds',
    { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(NOW / 1000 + 9) },
    { limitRequests: 60, remainingRequests: 1, resetRequestsMs: 9000 },
  ],
  ['epoch milliseconds', { 'x-ratelimit-reset': String(NOW + 90) }, { resetRequestsMs: 90 }],
  [
    'the field of the IETF draft, with its policy',
    { ratelimit: '"default";r=0;t=5', 'ratelimit-policy': '"hourly";q=1000;w=3600, "default";q=5;w=60' },
    { limitRequests: 5, remainingRequests: 0, resetRequestsMs: 5000 },
  ],
  [
    'several policies: the one with the fewest left',
    { ratelimit: '"a, day";r=70;t=3600, "burst" ; r=2 ; t=1', 'ratelimit-policy': '"a, day";q=100,"burst";q=10' },
    { limitRequests: 10, remainingRequests: 2, resetRequestsMs: 1000 },
  ],
  [
    'the field as older drafts have it',
    { ratelimit: 'limit=100, remaining=50, reset=7' },
    { limitRequests: 100, remainingRequests: 50, resetRequestsMs: 7000 },
  ],
  ['a field that is none', { ratelimit: '"a;r=0;t=5' }, { remainingRequests: null, resetRequestsMs: null }],
  ['one without end', { ratelimit: '"\\'.repeat(8000) }, { remainingRequests: null, resetRequestsMs: null }],
  ['nothing', {}, { limitRequests: null, remainingTokens: null, resetTokensMs: null, retryAfterMs: null }],
]

test.each(rows)('%s', (_title, headers, expected) => {
  expect(readRateLimits(headers, NOW)).toMatchObject(expected)
})

test('a date is so many whole ms away', () => {
  const headers = { 'retry-after': 'Thu, 01 Jan 2026 12:00:05 GMT', 'x-ratelimit-reset': String(NOW / 1000 + 9) }
  expect(readRateLimits(headers, NOW + 0.3)).toMatchObject({ retryAfterMs: 5000, resetRequestsMs: 9000 })
})

test('RetryInfo of Gemini is in the body', () => {
  expect(readRetryInfo(JSON.parse(fixture('gemini/error-429.json').toString()))).toBe(46_000)
  expect(readRetryInfo({ error: { details: [{ '@type': 'google.rpc.RetryInfo', retryDelay: '1.5s' }] } })).toBe(1500)
  expect(readRetryInfo({ error: 'no' })).toBeNull()
})
