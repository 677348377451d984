/** Warnings of secrets that are written out, or too short to be masked. */
import { expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

const HEAD = 'name: s\ntarget: { url: "http://127.0.0.1:9/" }\nload: [{ iterations: 1, users: 1 }]\nsteps:\n'

function warned(request: string, env: Record<string, string> = {}) {
  const { problems } = validateScenario(`${HEAD}  - request: { path: /a, ${request} }\n`, 's.yaml', { env })
  return problems.map(({ code, message, line, column, endColumn }) => ({ code, message, line, length: endColumn - column }))
}

test.each([
  ['an XML body', 'body: "<l><password>geheim9</password></l>"'],
  ['a form', 'form: { pass: geheim9 }'],
  ['a form as a text', 'body: "a=b&pass=geheim9"'],
  ['a text of GraphQL', `json: { query: 'mutation { login(password: "geheim9") }' }`],
  ['a part of a multipart form', 'multipart: [{ name: password, value: geheim9 }]'],
  ['a header of a step', 'headers: { x-api-key: geheim9 }'],
])('%s: a secret that is written out is warned of, and marked alone', (_, request) => {
  expect(warned(request)).toMatchObject([{ code: 'W_SECRET_LITERAL', line: 5, length: 'geheim9'.length }])
})

test('what comes from the environment is not, though it has a part that is written out', () => {
  const env = { PW: 'geheim9', USER_NAME: 'anna' }
  expect(warned('body: "user=anna&pass=${env.PW}"', env)).toEqual([])
  expect(warned('body: "user=${env.USER_NAME}&pass=geheim8"', env)).toMatchObject([{ code: 'W_SECRET_LITERAL' }])
})

test('what is too short to be masked is told', () => {
  expect(warned('form: { pass: "${env.PW}" }', { PW: 'abc' })).toMatchObject([
    { code: 'W_SECRET_SHORT', message: expect.stringContaining('fewer than 6 characters') },
  ])
  expect(warned('form: { pass: abc }')).toMatchObject([
    { code: 'W_SECRET_LITERAL', message: expect.stringContaining('not masked') },
  ])
})

test('each is given a variable of its own, named after its key', () => {
  const target = {
    url: 'http://127.0.0.1/',
    headers: { 'x-api-key': 'abcdefgh1', authorization: 'Bearer abcdefgh5' },
    query: { password: 'abcdefgh2' },
  }
  const request = { path: '/a', json: { clientSecret: 'abcdefgh3', password: 'abcdefgh4' } }
  const { problems } = validateScenario(JSON.stringify({ name: 't', target: { ...target, query: undefined }, steps: [{ request }, { request: { path: '/b', query: target.query } }] }), 'a.json') // biome-ignore format: one scenario
  expect(
    problems.filter(({ code }) => code === 'W_SECRET_LITERAL').map(({ hint }) => /env\.(\w+)/.exec(hint ?? '')?.[1]),
  ).toEqual(['X_API_KEY', 'API_KEY', 'CLIENT_SECRET', 'PASSWORD', 'PASSWORD_2'])
})
