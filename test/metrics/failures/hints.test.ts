import { describe, expect, test } from 'vitest'
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
    ['413 Too Large', 'send less'],
    ['422 wrong', 'does not accept'],
    ['302 Found', 'http.maxRedirects'],
    ['503 Oops', 'look at its log'],
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
