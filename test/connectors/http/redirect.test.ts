import { expect, test } from 'vitest'
import { isRedirect, redirected } from '../../../src/connectors/http/redirect.ts'

const request = (more: object = {}) =>
  ({
    method: 'POST',
    url: new URL('http://h/a/b'),
    headers: { 'content-type': 'text/plain', 'content-length': '2', authorization: 'Bearer t', accept: '*/*', 'x-own': '1' },
    body: 'hi',
    ...more,
  }) as unknown as Parameters<typeof redirected>[0]
const RULES = { maxRedirects: 2, crossOriginRedirects: true }
const onward = (status: number, location: string, more: object = {}, rules: object = {}, hops = 0) =>
  redirected(request(more), status, { location }, hops, { ...RULES, ...rules })

// RFC 9110, section 15.4
test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [301, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
])('%i after %s is a %s', (status, method, next) => {
  const made = onward(status, 'c', { method })
  if (made?.kind !== 'follow') throw new Error('expected to go on')
  expect([made.request.method, made.request.url.href]).toEqual([next, 'http://h/a/c'])
  const asked = made.request as unknown as { body?: unknown; headers: Record<string, string> }
  expect([asked.body, asked.headers['content-type']]).toEqual(next === method ? ['hi', 'text/plain'] : [undefined, undefined])
  expect(asked.headers.authorization).toBe('Bearer t')
})

test('another origin gets no header that may be a credential, and none of the content that is not sent', () => {
  const made = onward(303, 'https://other/x')
  expect(made).toMatchObject({ kind: 'follow', request: { headers: { accept: '*/*' } } })
  expect(made?.kind === 'follow' && Object.keys(made.request.headers)).toEqual(['accept'])
})

test.each<[string, object, number, string]>([
  ['https://h/a', { crossOriginRedirects: false }, 0, 'that is another origin, and http.crossOriginRedirects is false'],
  ['ftp://h/a', {}, 0, 'that is not an http or https address'],
  ['http://', {}, 0, 'that is not an http or https address'],
  ['/c', {}, 2, '2 were followed before, and http.maxRedirects is 2'],
])('%s with %j after %i is refused', (location, rules, hops, reason) => {
  expect(onward(302, location, {}, rules, hops)).toEqual({ kind: 'refused', reason })
})

test('where none are followed, a redirect is the reply; what is none is no matter of these rules', () => {
  expect(onward(302, '/c', {}, { maxRedirects: 0 })).toEqual({ kind: 'left' })
  expect([onward(200, '/c'), onward(304, '/c'), redirected(request(), 302, {}, 0, RULES)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect([isRedirect(308, { location: '' }), isRedirect(300, { location: '/' })]).toEqual([true, false])
})
