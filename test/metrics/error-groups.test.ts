import { expect, test } from 'vitest'
import { ErrorGroups, fingerprint } from '../../src/metrics/failures/error-groups.ts'
import { hintFor } from '../../src/metrics/failures/hints.ts'
import { failedExchange, okExchange } from './exchanges.ts'

test.each([
  ['plain words stay', 'plain words stay'],
  ['HTTP 503: try again in 17.5 s', 'HTTP <n>: try again in <n> s'],
  ['request 6f1c2a3e-0b1d-4c5e-8f90-123456789abc failed', 'request <id> failed'],
  ['id req_0a1b2c3d4e', 'id <id>'],
  ['connect ECONNREFUSED 127.0.0.1:4010', 'connect ECONNREFUSED <n>:<n>'],
])('%s → %s', (message, print) => expect(fingerprint(message)).toBe(print))

test('messages that differ in ids alone are one group; another class or step is another', () => {
  const groups = new ErrorGroups()
  groups.add(failedExchange('http_status', 'request req_00000001 failed', 110), 'a')
  groups.add(failedExchange('http_status', 'request req_00000002 failed', 150), 'a')
  groups.add(failedExchange('http_status', 'request req_00000003 failed', 130), 'b')
  groups.add(failedExchange('reset', 'request req_00000004 failed', 140), 'a')
  groups.add(okExchange(), 'a')
  expect(
    groups.toResult(100).map(({ class: name, step, count, firstMs, lastMs }) => [name, step, count, firstMs, lastMs]),
  ).toEqual([
    ['http_status', 'a', 2, 10, 50],
    ['http_status', 'b', 1, 30, 30],
    ['reset', 'a', 1, 40, 40],
  ])
  expect(groups.toResult(100)[0]?.sample).toBe('request req_00000001 failed')
})

test('there are at most 200 groups; the rest is counted without its messages, and none is lost', () => {
  const groups = new ErrorGroups()
  const word = (i: number) => `${String.fromCharCode(97 + (i % 26))}${'x'.repeat(Math.floor(i / 26))}`
  for (let i = 0; i < 1000; i += 1) groups.add(failedExchange(i % 2 ? 'reset' : 'bad_json', word(i), i), 'a')
  const result = groups.toResult(0)
  expect(result).toHaveLength(202)
  expect(result.reduce((sum, group) => sum + group.count, 0)).toBe(1000)
  expect(result.filter((group) => group.fingerprint === 'other').map((group) => [group.class, group.count])).toEqual([
    ['bad_json', 400],
    ['reset', 400],
  ])
})

test('beyond the 200th group, failures still belong to their own step and phase', () => {
  const groups = new ErrorGroups()
  const letters = (i: number) => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))
  for (let i = 0; i < 300; i += 1) groups.add(failedExchange('reset', letters(i), i), i < 201 ? 'a' : 'b')
  const later = failedExchange('reset', 'later', 300)
  later.amendFailure({ phase: 'check' })
  groups.add(later, 'b')
  const others = groups.toResult(0).filter((group) => group.fingerprint === 'other')
  expect(others.map(({ step, phase, count }) => [step, phase, count])).toEqual([
    ['b', 'stream', 99],
    ['a', 'stream', 1],
    ['b', 'check', 1],
  ])
})

test('a long message is kept in part', () => {
  const groups = new ErrorGroups()
  groups.add(failedExchange('bad_json', 'x'.repeat(10_000), 0), 'a')
  expect(groups.toResult(0)[0]?.sample).toHaveLength(300)
})

test.each([
  'dns',
  'refused',
  'reset',
  'timeout_idle',
  'rate_limited',
  'ws_close_1006',
  'local_ports',
  'local_whatever',
  'check_failed',
])('%s has a hint', (name) => expect(hintFor(name)).not.toBe(''))

test.each([
  ['HTTP 401 Unauthorized: no', /credentials/],
  ['HTTP 404 Not Found: {}', /nothing answers at this path/],
  ['HTTP 422 Unprocessable Entity: field 404', /does not accept the request/],
  ['HTTP 502 Bad Gateway', /a proxy before it/],
])('%s has a hint of its own', (message, hint) => expect(hintFor('http_status', message)).toMatch(hint))

test.each([
  ['tls_untrusted', '', ['tls.ca', '--cacert', '-k']],
  ['tls_expired', '', ['tls.insecure', '-k']],
  ['tls_protocol', '', ['--cert', '--key']],
  ['tls_protocol', 'the target wants a client certificate', ['--cert', '--key']],
])('%s %s: the keys of a file, and the flags of a run without one', (name, message, words) => {
  for (const word of words) expect(hintFor(name, message)).toContain(word)
})

const sent = (url: string) => ({ url, dialect: 'openai-chat', usualPath: '/v1/chat/completions' })

test('a wrong path is told the usual one', () => {
  expect(hintFor('http_status', 'HTTP 404 Not Found', sent('https://h:8/v2?key=k'))).toBe(
    'is the path right? An API of format openai-chat is usually at /v1/chat/completions, here https://h:8/v1/chat/completions',
  )
})

test.each([
  ['the usual path itself', 'HTTP 404 Not Found', 'http://h/v1/chat/completions'],
  ['the usual one behind the path of a proxy', 'HTTP 404 Not Found', 'http://h/proxy/v1/chat/completions/'],
  ['the embedded mock', 'HTTP 404 Not Found', 'mock:/nowhere'],
  ['another status', 'HTTP 500 Oops', 'http://h/v2'],
])('not so for %s', (_, message, url) => expect(hintFor('http_status', message, sent(url))).not.toMatch(/usually at/))

test('an unknown class has none', () => expect(hintFor('nothing_known')).toBe(''))
