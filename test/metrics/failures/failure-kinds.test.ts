import { expect, test } from 'vitest'
import { Exchange } from '../../../src/exchange.ts'
import { isAuthFailure, isOutOfCredit, isTimeout } from '../../../src/metrics/failures/failure-kinds.ts'

function of(given: object): Exchange {
  return Object.assign(new Exchange(0, { push: () => {}, end: () => {} }, () => {}), given)
}
const failed = (name: string, status?: number, message = '') =>
  of({ outcome: 'failed', failure: { class: name, phase: 'headers', message }, status })

test.each<[string, Exchange, { timeout: boolean; auth: boolean }]>([
  ['a time-out of ours', failed('timeout_first_token'), { timeout: true, auth: false }],
  ['one of the target', failed('http_status', 408), { timeout: true, auth: false }],
  ['one of a gateway', failed('http_status', 504), { timeout: true, auth: false }],
  ['401', failed('http_status', 401), { timeout: false, auth: true }],
  ['403', failed('http_status', 403), { timeout: false, auth: true }],
  ['407', failed('http_status', 407), { timeout: false, auth: true }],
  ['a token that could not be fetched', failed('auth_failed'), { timeout: false, auth: true }],
  [
    'a refused upgrade, whose status is in the message',
    failed('http_status', undefined, 'got 401 here'),
    { timeout: false, auth: true },
  ],
  ['a number in another message', failed('reset', undefined, 'after 401 bytes'), { timeout: false, auth: false }],
  ['500', failed('http_status', 500), { timeout: false, auth: false }],
  ['401 that was expected', of({ outcome: 'ok', status: 401 }), { timeout: false, auth: false }],
])('%s', (_, exchange, { timeout, auth }) => {
  expect([isTimeout(exchange), isAuthFailure(exchange)]).toEqual([timeout, auth])
})

const LOW = 'Your credit balance is too low to access the API'

test.each<[string, Exchange, boolean]>([
  ['the target says so', failed('http_status', 400, `HTTP 400: ${LOW}`), true],
  ['within its stream', failed('error_in_stream', 200, LOW), true],
  ['a reply that a check turned down says so', failed('check_failed', 200, `expected a greeting, got "${LOW}"`), false],
])('no credit: %s', (_, exchange, expected) => {
  expect(isOutOfCredit(exchange)).toBe(expected)
})
