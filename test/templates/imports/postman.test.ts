import { expect, test } from 'vitest'
import type { Data } from '../../../src/templates/template.ts'
import { convert, get, variables } from './postman/converted.ts'

test('fields of one name, and those that are switched off', () => {
  const urlencoded = [
    { key: 'tag', value: 'red' },
    { key: 'no', value: 'x', disabled: true },
    { key: 'tag', value: 'b&lue' },
    { key: 'n', value: '1' },
  ]
  const { step } = convert({ name: 'a', request: { method: 'POST', url: 'http://h/', body: { mode: 'urlencoded', urlencoded } } })
  expect(step.form).toEqual({ tag: ['red', 'b&lue'], n: '1' })
})

test('auth is that of the folder unless a request has its own', () => {
  const bearer = (token: string) => ({ type: 'bearer', bearer: [{ key: 'token', value: token }] })
  const folder = {
    name: 'f',
    auth: bearer('{{t}}'),
    variable: [{ key: 't', value: '' }],
    item: [
      get('http://h/1'),
      { name: 'b', request: { method: 'GET', url: 'http://h/2', auth: { type: 'noauth' } } },
      { name: 'c', request: { url: 'http://h/3', auth: null } },
    ],
  }
  const { scenario } = convert([folder])
  const headers = (scenario.steps as { request: Data }[]).map(({ request }) => request.headers)
  expect(headers).toEqual([{ authorization: 'Bearer {{t}}' }, undefined, { authorization: 'Bearer {{t}}' }])
})

test('user name and password from variables are those of the target', () => {
  const auth = { type: 'basic', basic: { username: '{{u}}', password: '{{p}}' } }
  const { scenario } = convert({ name: 'a', request: { method: 'GET', url: 'http://h/', auth } }, variables({ u: 'ann' }))
  expect(scenario.target).toMatchObject({ auth: { type: 'basic', username: '{{u}}', password: '{{p}}' } })
})

test('headers as lines of text, and content types of their own', () => {
  const request = {
    method: 'POST',
    url: 'http://h/',
    header: 'X-A: b: c\nContent-Type: application/vnd.api+json',
    body: { mode: 'raw', raw: '{"a":1}' },
  }
  const { step, scenario } = convert({ name: 'a', request })
  expect([scenario.target, step]).toEqual([
    { url: 'http://h', headers: { 'x-a': 'b: c' } },
    { method: 'POST', path: '/', headers: { 'content-type': 'application/vnd.api+json' }, json: { a: 1 } },
  ])
})
