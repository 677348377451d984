/** Which values count as secret, and which names are never taken for one. */
import { expect, test } from 'vitest'
import {
  keepSecret,
  knownSecrets,
  namesIn,
  secretsIn,
  secretsWritten,
  secretValues,
  shortSecretsNote,
} from '../../src/cli/output/known-secrets.ts'

test.each([
  ['OPENAI_API_KEY', true],
  ['API_KEY_PROD', true],
  ['TOKEN_2', true],
  ['DB_PASSWORD', true],
  ['BASIC_AUTH', true],
  ['githubToken', true],
  ['PORTKEY_PROVIDER', false],
  ['MONKEY', false],
  ['AUTHOR', false],
  ['TOKENIZER', false],
  ['AUTH_URL', false],
  ['TOKEN_LIMIT', false],
  ['KEYBOARD', false],
])('the variable %s is secret: %s', (name, secret) => {
  expect(secretValues([{ name, value: 'a value' }])).toEqual(secret ? ['a value'] : [])
})

test('headers, parameters and fields go by the whole words of their names', () => {
  const target = {
    url: 'https://h/x?monkey=banana&api_key=in-the-address',
    headers: { 'x-portkey-provider': 'openai', 'x-tokenizer': 'cl100k', 'x-api-key': 'in-a-header' },
    query: { keyword: 'banana', access_token: 'in-the-query' },
  }
  const steps = [{ request: { json: { tokenizer: 'cl100k', clientSecret: 'in-the-body' } } }]
  expect(secretsIn({ target, steps }).sort()).toEqual(['in-a-header', 'in-the-address', 'in-the-body', 'in-the-query'])
  expect(secretsWritten('x-tokenizer: cl100k\nx-api-key: abcdef')).toEqual(['abcdef'])
})

test('what a scenario uses as a name stays readable, and that is told', () => {
  const scenario = {
    name: 'compare',
    target: { preset: 'openai-chat', headers: { 'x-api-key': 'openai' } },
    steps: [{ name: 'billing step', message: 'hello there' }],
    thresholds: ['ttft{step:billing step} p95 < 5s'],
  }
  keepSecret([...secretsIn(scenario), 'billing', 'hello there'], namesIn(scenario))
  expect(knownSecrets.redact('openai-chat billing hello there')).toBe('openai-chat billing [secret]')
  expect(shortSecretsNote([])).toEqual(['2 secrets are part of a name in the scenario, and not masked'])
})

test.each([
  ['a token in its place', { target: { auth: { type: 'bearer', token: 'sk-1' } } }, ['sk-1']],
  ['a token as the whole of auth', { target: { auth: 'Bearer sk-1' } }, ['sk-1']],
  ['a token under a key that auth does not have', { target: { auth: { bearer: 'sk-1', type: 'none' } } }, ['sk-1']],
  ['a header', { target: { headers: { 'X-Api-Key': 'sk-1', Accept: 'text/plain' } } }, ['sk-1']],
  ['a reference to the environment that was not set', { target: { auth: { token: '${env.API_KEY}' } } }, []],
  ['a field deep in a body', { steps: [{ request: { json: { x: { y: [{ token: 'sk-1', lang: 'en' }] } } } }] }, ['sk-1']],
  ['a list under the name of a secret', { steps: [{ request: { json: { password: ['sk-1'] } } }] }, ['sk-1']],
  ['a map under the name of a secret', { target: { body: { secret: { a: 'sk-1' } } } }, ['sk-1']],
  ['a list in the text of a body', { steps: [{ request: { body: '{"a":{"password":["sk-1"]}}' } }] }, ['sk-1']],
  ['the text of a body', { steps: [{ request: { body: '{"password":"sk-1","lang":"en"}' } }] }, ['sk-1']],
  [
    'a body of words',
    { steps: [{ request: { body: 'the password: there is none; user=a&access_token=sk-1' } }] },
    ['there', 'sk-1'],
  ],
  ['a template in a body', { steps: [{ request: { body: '{"password":"{{secret}}"}' } }] }, []],
  ['a template', { target: { auth: { token: '{{token}}' } } }, []],
])('%s', (_, value, expected) => expect([...new Set(secretsIn(value))]).toEqual(expected))
