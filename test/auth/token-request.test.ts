import { expect, test } from 'vitest'
import { formBody, requestSecrets, tokenRequest, tokenRequestSchema } from '../../src/auth/token-request.ts'

const block = (given: object) => tokenRequestSchema.parse({ url: 'http://h/login', ...given })

test.each<[object, string, string | undefined, string | undefined]>([
  [{}, 'GET', undefined, undefined],
  [{ json: { user: 'a' } }, 'POST', 'application/json', '{"user":"a"}'],
  [{ form: { 'a b': 'c&d', n: 1 } }, 'POST', 'application/x-www-form-urlencoded', 'a+b=c%26d&n=1'],
  [{ body: 'hi' }, 'POST', 'text/plain;charset=UTF-8', 'hi'],
  [{ method: 'PUT', json: null }, 'PUT', 'application/json', 'null'],
])('%j', (given, method, type, body) => {
  const request = tokenRequest(block(given))
  expect([request.method, request.headers['content-type'], request.body]).toEqual([method, type, body])
})

test('own headers win over those that are made, whatever their case', () => {
  const { headers } = tokenRequest(
    block({ json: {}, headers: { 'Content-Type': 'application/vnd.x+json', ACCEPT: 'text/plain', 'X-N': 5 } }),
  )
  expect(headers).toEqual({ accept: 'text/plain', 'content-type': 'application/vnd.x+json', 'x-n': '5' })
})

test('two bodies are refused', () => {
  expect(tokenRequestSchema.safeParse({ url: 'u', json: {}, body: '' }).error?.issues[0]?.message).toBe(
    'give at most one of json, form and body',
  )
})

test.each<[object, string[]]>([
  [{ headers: { authorization: 'Basic x', accept: 'y' } }, ['Basic x']],
  [{ json: { user: 'ann', login: { password: 'pw', otp: 123 }, tokens: 5 } }, ['pw', '123']],
  [{ form: { pin: 1234, user: 'ann' } }, ['1234']],
  [{ json: { credentials: { a: 'x', b: ['y'] } } }, ['x', 'y']],
  [{ body: 'user=ann' }, ['user=ann']],
])('the secrets of %j', (given, secrets) => expect(requestSecrets(block(given))).toEqual(secrets))

test('a form is encoded as browsers do', () => expect(formBody({ q: 'ä +', e: '' })).toBe('q=%C3%A4+%2B&e='))
