import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../../../src/connectors/grpc/wire/status.ts'
import { classOfReason } from '../../../src/connectors/mqtt/wire/reasons.ts'
import { classNames, HINTS, hintFor } from '../../../src/metrics/failures/hints.ts'

test.each([
  ['dns', '', 'the name does not resolve'],
  ['ws_close_1011', '', 'the code says why'],
  ['ws_met_close', '', 'think between messages'],
  ['bad_sse', '', 'is not an event stream'],
  ['bad_utf8', '', 'does not follow its protocol'],
  ['local_disk', '', 'on this side'],
  ['local_files', '', 'ulimit -n'],
  ['nothing_known', '', ''],
  ['closed_early', 'it ended, though it had a finish reason', 'end: { after: finish }'],
  ['tls_protocol', 'the target wants a client certificate', 'tls.cert and tls.key'],
  ['grpc_UNAVAILABLE', 'refused: 127.0.0.1:1', 'nothing listens there'],
  ['grpc_UNAVAILABLE', 'tls_protocol: it does not speak TLS', 'without TLS'],
])('%s "%s": %s', (name, message, hint) => {
  if (hint === '') expect(hintFor(name, message)).toBe('')
  else expect(hintFor(name, message)).toContain(hint)
})

describe('a status', () => {
  const sent = { url: 'http://h:1/chat?x=1', dialect: 'openai-chat', usualPath: '/v1/chat/completions' }
  test.each([
    ['401 Unauthorized', 'credentials'],
    ['404 Not Found', 'nothing answers at this path'],
    ['408 Request Timeout', 'gave up waiting for the request'],
    ['413 Too Large', 'send less'],
    ['422 wrong', 'does not accept'],
    ['302 Found', 'http.maxRedirects'],
    ['503 Oops', 'look at its log'],
    ['504 Gateway Timeout', 'no answer in time from what is behind it'],
    ['HTTP 402 Payment Required: Insufficient Balance', 'the quota of the account is used up'],
    [`${'x'.repeat(80)} 404`, 'read the message'],
  ])('%s: %s', (message, hint) => expect(hintFor('http_status', message)).toContain(hint))

  test('404 away from the usual path suggests that, without what stood in the query', () => {
    expect(hintFor('http_status', '404 Not Found', sent)).toBe(
      'is the path right? An API of format openai-chat is usually at /v1/chat/completions, here http://h:1/v1/chat/completions',
    )
  })

  test.each([
    ['at the end of the usual path, behind a proxy', '404', { ...sent, url: 'http://h/proxy/completions/' }],
    ['of another kind', '401', sent],
    ['of an API without a usual path', '404', { ...sent, usualPath: undefined }],
    ['of no address', '404', { ...sent, url: 'mock:' }],
  ])('%s suggests none', (_, status, to) => expect(hintFor('http_status', status, to)).not.toContain('is the path right'))
})

test('each pattern gives the names that it matches', () => {
  expect(classNames(/^refused$/)).toEqual(['refused'])
  expect(classNames(/^bad_(json|http)$/)).toEqual(['bad_json', 'bad_http'])
  expect(classNames(/^ws_close_/)).toEqual(['ws_close_…'])
  for (const [pattern] of HINTS) for (const name of classNames(pattern)) expect(name.replace('…', '1')).toMatch(pattern)
})

describe('every class that burn can print has a hint', () => {
  /** Classes where they are written: `class: 'reset'`, `fail('too_big', …`, `['dns', …` and their kin. */
  const WRITTEN =
    /(?:\bclass: (?:\w+ \? )?|\b(?:fail|reject|overrule)\(\s*|: FailureRule = \[|: \[(?='\w+', (?:'dns'|undefined)))'([a-z]+(?:_\w+)?)'/g
  const folders = 'src/{connectors,dialects,engine}/**/*.ts'
  const written = globSync(folders).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(WRITTEN)].map(([, name]) => name ?? ''),
  )
  const grpc = Array.from({ length: 16 }, (_, index) => {
    const trailers = { 'grpc-status': String(index + 1) }
    return failureOf({ head: undefined, httpStatus: 200, trailers, rstCode: 0, insideMessage: false })?.class ?? ''
  })
  const mqtt = [1, 2, 3, 4, 5, ...Array.from({ length: 36 }, (_, index) => 127 + index)].map(classOfReason)

  test('of connectors, dialects and the engine', () => {
    expect(written.length).toBeGreaterThan(60)
    expect(written).toEqual(expect.arrayContaining(['dns', 'bug', 'closed_early', 'check_failed', 'http_status', 'local_ports']))
    expect([...new Set(written)].filter((name) => hintFor(name) === '')).toEqual([])
  })

  test('of gRPC and MQTT, and of a used-up quota', () => {
    expect(grpc).toEqual(expect.arrayContaining(['grpc_CANCELLED', 'grpc_UNAUTHENTICATED']))
    expect([...grpc, ...mqtt, 'insufficient_quota'].filter((name) => hintFor(name) === '')).toEqual([])
  })
})
