/** Plans the fault of a request before anything is sent. The plan depends only on the request's number and the seed. */
import { createRandom } from './random.ts'
import { type MockSettings, RATES } from './settings.ts'

/**
 * The outcome of a request to the mock: `ok`; the name of a fault that the mock made on purpose; or `rejected`, because the path, the body or a
 * setting was invalid.
 */
export type MockOutcome = MockFault['outcome'] | 'rejected'

/**
 * What the mock does wrong on purpose when it answers one request. `outcome` is the name of the fault, such as `stalled`, or `ok` for none. A fault
 * that is an HTTP error also has the status to send, and how long to wait before.
 */
export type MockFault =
  | { readonly outcome: 'ok' | 'midstream_error' | 'truncated' | 'reset' | 'stalled' | 'empty' }
  | { readonly outcome: 'error' | 'timeout'; readonly status: number; readonly waitMs: number }
  | { readonly outcome: 'rate_limited'; readonly status: 429; readonly waitMs: number; readonly retryAfterSeconds: number }

/**
 * Returns the fault that the mock makes when it answers request number `k` (from 0): the fault that the settings demand for this number or, without
 * one, a fault drawn at random by the fault rates.
 */
export function planFault(settings: MockSettings, k: number): MockFault {
  if (settings.status === 429) return rateLimited(settings, k)
  if (settings.status !== undefined) return { outcome: 'error', status: settings.status, waitMs: 0 }
  if (unavailable(settings, k)) return { outcome: 'error', status: 503, waitMs: 0 }
  if (settings.rateLimitEvery > 0 && (k + 1) % settings.rateLimitEvery === 0) return rateLimited(settings, k)
  return faultOf(drawRate(settings, k), settings, k)
}

function unavailable({ unavailableAfter, unavailableFor }: MockSettings, k: number): boolean {
  return (
    unavailableAfter !== undefined && k >= unavailableAfter && k < unavailableAfter + (unavailableFor ?? Number.POSITIVE_INFINITY)
  )
}

function drawRate(settings: MockSettings, k: number): (typeof RATES)[number] | undefined {
  const drawn = createRandom(settings.seed, 'fault', k)()
  let sum = 0
  return RATES.find((rate) => {
    sum += settings[rate]
    return drawn < sum
  })
}

function faultOf(rate: (typeof RATES)[number] | undefined, settings: MockSettings, k: number): MockFault {
  switch (rate) {
    case undefined:
      return { outcome: 'ok' }
    case 'errorRate':
      return { outcome: 'error', status: settings.errorStatus, waitMs: 0 }
    case 'rateLimitRate':
      return rateLimited(settings, k)
    case 'gatewayTimeoutRate':
      return { outcome: 'timeout', status: 504, waitMs: settings.gatewayTimeoutMs }
    case 'midStreamErrorRate':
      return { outcome: 'midstream_error' }
    case 'truncateRate':
      return { outcome: 'truncated' }
    case 'resetRate':
      return { outcome: 'reset' }
    case 'stallRate':
      return { outcome: 'stalled' }
    case 'emptyRate':
      return { outcome: 'empty' }
  }
}

function rateLimited(settings: MockSettings, k: number): MockFault {
  const spread = Math.floor(createRandom(settings.seed, 'retry-after', k)() * (settings.retryAfterSpreadSeconds + 1))
  return { outcome: 'rate_limited', status: 429, waitMs: 0, retryAfterSeconds: settings.retryAfterSeconds + spread }
}
