import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Exchange } from '../../../src/exchange.ts'
import {
  addCounters,
  type Counters,
  countAttempt,
  countersSince,
  countsOf,
  NO_COUNTERS,
  readCounters,
  storedCounters,
} from '../../../src/metrics/counts/counters.ts'

const keys = Object.keys(NO_COUNTERS)
const counters = fc
  .array(fc.nat(1000), { minLength: keys.length, maxLength: keys.length })
  .map((values) => Object.fromEntries(keys.map((key, at) => [key, values[at]])) as unknown as Counters)

test('what was added can be taken away, and what is stored comes back', () => {
  fc.assert(
    fc.property(counters, counters, (a, b) => {
      const sum = addCounters(a, b)
      expect(countersSince(sum, a)).toEqual(b)
      expect(addCounters(b, a)).toEqual(sum)
      expect(readCounters(storedCounters(sum))).toEqual(sum)
    }),
  )
})

test('zeros are not stored, and names that are not known are not read', () => {
  expect(storedCounters({ ...NO_COUNTERS, ok: 2 })).toEqual({ ok: 2 })
  expect(readCounters({ ok: 2, colour: 3 })).toEqual({ ...NO_COUNTERS, ok: 2 })
})

test('skipped steps are told only where there are any', () => {
  expect(countsOf(NO_COUNTERS)).not.toHaveProperty('skipped')
  expect(countsOf({ ...NO_COUNTERS, skipped: 1 })).toMatchObject({ skipped: 1 })
})

describe('an attempt', () => {
  const EVALUATION = { good: true, checksPassed: 2, checksFailed: 1, inWindow: true }
  function counted(make: (exchange: Exchange) => void, evaluation: object = {}): Partial<Counters> {
    const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
    make(exchange)
    const open = { ...NO_COUNTERS }
    countAttempt(open, exchange, { ...EVALUATION, ...evaluation })
    return storedCounters(open)
  }
  const as = (given: object) => (exchange: Exchange) => void Object.assign(exchange, given)
  const usage = { inputTokens: null, cachedInputTokens: null, outputTokens: 7 }
  const checks = { checksHeld: 2, checksMade: 3 }
  const ok = { outcome: 'ok', usage, bytesSent: 10, bytesReceived: 20 }
  const failed = (name: string, code?: string) => ({
    outcome: 'failed',
    failure: { class: name, phase: 'headers', message: '', code },
  })

  test.each<[string, object, object, object]>([
    [
      'whose prompt was partly cached',
      { ...ok, usage: { inputTokens: 30, cachedInputTokens: 16, outputTokens: null } },
      {},
      { ok: 1, good: 1, inputTokens: 30, cachedTokens: 16, repliesWithCache: 1, bytesSent: 10, bytesReceived: 20 },
    ],
    [
      'that tells that nothing was cached',
      { ...ok, usage: { inputTokens: 30, cachedInputTokens: 0, outputTokens: 7 } },
      {},
      { ok: 1, good: 1, inputTokens: 30, repliesWithCache: 1, outputTokens: 7, bytesSent: 10, bytesReceived: 20 },
    ],
    [
      'that tells cached tokens and not those of its prompt',
      { ...ok, usage: { inputTokens: null, cachedInputTokens: 16, outputTokens: 7 } },
      {},
      { ok: 1, good: 1, outputTokens: 7, bytesSent: 10, bytesReceived: 20 },
    ],
    ['that is good', ok, {}, { ok: 1, good: 1, outputTokens: 7, bytesSent: 10, bytesReceived: 20 }],
    ['that missed an objective', ok, { good: false }, { ok: 1, outputTokens: 7, bytesSent: 10, bytesReceived: 20 }],
    ['whose time was over', failed('timeout_headers'), { good: false }, { failed: 1, timeouts: 1 }],
    ['that was not let in', failed('auth_failed'), { good: false }, { failed: 1, authFailures: 1 }],
    ['that a filter blocked', failed('http_status', 'content_filter'), { message: true }, { failed: 1, failedBlocked: 1 }],
    ['the same in a request step', failed('http_status', 'content_filter'), {}, { failed: 1 }],
    [
      'cut before its first byte',
      { outcome: 'cut' },
      {},
      { cut: 1, cutBeforeFirstByte: 1, cutBeforeFirstToken: 1, cutBeforeFirstOutput: 1 },
    ],
    ['cut while it reasoned', { outcome: 'cut', firstByteAt: 1, firstTokenAt: 2 }, {}, { cut: 1, cutBeforeFirstOutput: 1 }],
  ])('%s', (_, exchange, evaluation, expected) => {
    expect(counted(as(exchange), evaluation)).toEqual({ ...checks, ...expected })
  })
})
