/** What is told of replies that are not what they say: JSON that is none, a redirect that was not followed. */
import { expect, test } from 'vitest'
import { reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

test.each([
  ['nothing reads it', {}, 'ok', undefined],
  ['a status is enough', { expect: [{ status: 200 }] }, 'ok', undefined],
  ['a check reads it', { expect: [{ json: { path: '$.a', exists: true } }] }, 'failed', 'check_failed'],
  ['a capture reads it', { capture: { a: '$.a' } }, 'failed', 'capture_failed'],
])('a request whose reply is cut off JSON has a warning; %s', async (_, more, outcome, failureClass) => {
  const { url } = await faulty({ '/': (socket) => void socket.write(reply('{"a"', JSON_TYPE)) })
  const { attempts, result } = await runScenario({
    name: 'cut off',
    target: { url },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ request: { path: '/' }, ...more }],
  })
  expect(attempts.map(({ exchange }) => [exchange.outcome, exchange.failure?.class])).toEqual([[outcome, failureClass]])
  expect(result.warnings).toMatchObject({ not_json: 1 })
})

test.each([
  ['a message fails for it, and took nothing for its reply', { message: 'hi' }, 'failed', []],
  ['a request takes it for the reply', { request: { path: '/' } }, 'ok', ['redirect_not_followed']],
  [
    'a check of a request fails: it was taken for the reply',
    { request: { path: '/' }, expect: [{ contains: 'x' }] },
    'failed',
    ['redirect_not_followed'],
  ],
])('a redirect that is not followed: %s', async (_, step, outcome, warnings) => {
  const { url } = await faulty({ '/': (socket) => void socket.write(reply('moved', { location: '/there' }, '302 Found')) })
  const { attempts } = await runScenario({
    name: 'redirect',
    target: { url, protocol: 'http', dialect: 'openai-chat' },
    load: [{ users: 1, iterations: 1 }],
    steps: [step],
  })
  expect(attempts.map(({ exchange }) => [exchange.outcome, exchange.warnings])).toEqual([[outcome, warnings]])
})

const DEEP = `${'['.repeat(9000)}${']'.repeat(9000)}`
test.each([
  ['nothing reads it', {}, ['ok', undefined]],
  ['a check describes it', { expect: [{ json: { path: '$', type: 'object' } }] }, ['failed', 'check_failed']],
  ['a check matches it', { expect: [{ json: { path: '$', matches: 'x' } }] }, ['failed', 'check_failed']],
  ['a capture keeps it', { capture: { x: '$' } }, ['failed', 'capture_failed']],
])('a reply of JSON that is nested 9,000 levels deep breaks nothing; %s', async (_, more, expected) => {
  const { url } = await faulty({ '/': (socket) => void socket.write(reply(DEEP, JSON_TYPE)) })
  const { attempts } = await runScenario({
    name: 'deep',
    target: { url },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ request: { path: '/' }, ...more }, { request: { path: '/', method: 'POST', body: '{{reply.json}}' } }],
  })
  expect(attempts.flatMap(({ exchange }) => [exchange.outcome, exchange.failure?.class])).toEqual([...expected, 'ok', undefined])
})
