/** Checks that only count, and the shares of time-outs and of failures for want of credentials. */
import { describe, expect, test } from 'vitest'
import { connectorNamed } from '../../src/connectors/index.ts'
import { isAuthFailure, isTimeout } from '../../src/metrics/failures/failure-kinds.ts'
import { failedExchange } from '../metrics/exchanges.ts'
import { type Fault, reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Every fourth reply bears the mark of a proxy that looked at it. */
function proxy(): Fault {
  let count = 0
  return (socket) => {
    count += 1
    socket.write(reply(JSON.stringify({ text: count % 4 === 0 ? 'hi [checked]' : 'hi' }), JSON_TYPE))
  }
}

async function run(expectation: object[], thresholds: (string | object)[]) {
  const { url } = await faulty({ '/chat': proxy() })
  const { result } = await runScenario({
    name: 'count',
    target: { url: `${url}/chat`, dialect: 'generic', response: { text: '$.text' } },
    load: [{ users: 1, iterations: 8 }],
    steps: [{ message: 'hello', name: 'ask', expect: expectation }],
    thresholds,
  } as never)
  return result
}

describe('a check that only counts', () => {
  const mark = { contains: '[checked]', name: 'checked', countOnly: true }

  test('fails no attempt, and is in no share of the others', async () => {
    const result = await run([mark, { contains: 'hi' }], [])
    expect(result.total.counts).toMatchObject({ ok: 8, failed: 0 })
    expect(result.total.values).toMatchObject({ checks: 1, good_share: 1 })
    expect(result.steps[0]?.checks).toMatchObject([
      { check: 'checked', countOnly: true, passed: 2, failed: 6 },
      { check: 'contains hi', passed: 8, failed: 0 },
    ])
  })

  test('alone, it brings no threshold of its own', async () => {
    const result = await run([mark], [])
    expect(result.thresholds.map(({ threshold }) => threshold)).toEqual(['errors ratio <= 10%'])
    expect(result.total.values.checks).toBeNull()
  })

  test.each([
    ['checks{check=checked} ratio >= 20%', 'passed', 0.25],
    ['checks{check=checked} ratio >= 30%', 'failed', 0.25],
    ['checks{check=checked,step=ask} count >= 2', 'passed', 2],
  ])('its share has a threshold: %s', async (threshold, state, observed) => {
    const result = await run([mark], [threshold])
    expect(result.thresholds[0]).toMatchObject({ state, observed, samples: 8 })
  })
})

describe('shares of failures', () => {
  test.each([
    ['timeout_first_token', 'x', true, false],
    ['timeout_total', 'x', true, false],
    ['connect_timeout', 'x', true, false],
    ['grpc_DEADLINE_EXCEEDED', 'x', true, false],
    ['mqtt_no_ack', 'x', true, false],
    ['http_status', 'the upgrade was answered with 504', true, false],
    ['http_status', 'the upgrade was answered with 401', false, true],
    ['auth_failed', 'x', false, true],
    ['grpc_UNAUTHENTICATED', 'x', false, true],
    ['grpc_PERMISSION_DENIED', 'x', false, true],
    ['mqtt_not_authorized', 'x', false, true],
    ['http_status', 'HTTP 500', false, false],
    ['reset', 'x', false, false],
  ])('%s: %s', (failureClass, message, timeout, auth) => {
    const exchange = failedExchange(failureClass, message, 1, 0)
    Object.assign(exchange, { kindsOf: connectorNamed(failureClass.split('_')[0] ?? '')?.kindsOf })
    expect([isTimeout(exchange), isAuthFailure(exchange)]).toEqual([timeout, auth])
  })

  test('by status, and as thresholds', async () => {
    const statuses = [408, 504, 401, 403, 500]
    let count = 0
    const { url } = await faulty({
      '/x': (socket) => {
        socket.write(`HTTP/1.1 ${statuses[count % statuses.length]} No\r\ncontent-length: 0\r\n\r\n`)
        count += 1
      },
    })
    const { result } = await runScenario({
      name: 'statuses',
      target: { url, protocol: 'http' },
      load: [{ users: 1, iterations: 10 }],
      steps: [{ request: { method: 'GET', path: '/x' } }],
      thresholds: ['timeouts ratio <= 40%', 'auth_failures count < 4', 'errors ratio < 100%'],
    })
    expect(result.total.values).toMatchObject({ timeouts: 0.4, auth_failures: 0.4 })
    expect(result.thresholds.map(({ state }) => state)).toEqual(['passed', 'failed', 'failed'])
  })
})
