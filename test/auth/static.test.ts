/** Credentials that are known from the file, as the target gets them. */
import { expect, test } from 'vitest'
import { faulty } from '../engine/targets.ts'
import { runScenario } from '../support/run.ts'

const CASES = [
  ['none', { type: 'none' }, {}, ''],
  ['bearer', { type: 'bearer', token: 'abc' }, { authorization: 'Bearer abc' }, ''],
  ['bearer of each user', { type: 'bearer', token: 'key-{{user.id}}' }, { authorization: 'Bearer key-0' }, ''],
  ['apiKey', { type: 'apiKey', value: 'abc' }, { 'x-api-key': 'abc' }, ''],
  ['apiKey by name', { type: 'apiKey', name: 'X-Secret', value: 'abc' }, { 'x-secret': 'abc' }, ''],
  ['apiKey in the query', { type: 'apiKey', name: 'key', in: 'query', value: 'a b&c' }, {}, '?key=a+b%26c'],
  [
    'basic',
    { type: 'basic', username: 'Aladdin', password: 'open sesame' },
    { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' },
    '',
  ],
  ['basic beyond ASCII', { type: 'basic', username: 'ü', password: '€:' }, { authorization: 'Basic w7w64oKsOg==' }, ''],
  ['headers', { type: 'headers', headers: { 'X-One': '1', 'X-Two': '{{city}}' } }, { 'x-one': '1', 'x-two': 'Ulm' }, ''],
] as const

test.each(CASES)('%s', async (_, auth, headers, query) => {
  const server = await faulty()
  await runScenario({ name: 'auth', target: { url: `${server.url}/ok`, auth }, vars: { city: 'Ulm' }, steps: [{ message: 'x' }] })
  const [seen] = server.seen
  const proofs = Object.entries(seen?.headers ?? {}).filter(([name]) => /^authorization$|^x-/.test(name))
  expect(Object.fromEntries(proofs)).toEqual(headers)
  expect(seen?.target).toBe(`/ok${query}`)
})

test('the credentials of the preset’s place: an api key goes where that API wants it', async () => {
  const server = await faulty()
  const target = { preset: 'azure-openai', url: `${server.url}/ok`, auth: { type: 'apiKey', value: 'abc' } } as const
  await runScenario({ name: 'place', target, steps: [{ message: 'x' }] })
  expect(server.seen[0]?.headers['api-key']).toBe('abc')
})

test('a header of the target does not replace its credentials', async () => {
  const server = await faulty()
  const target = {
    url: `${server.url}/ok`,
    headers: { authorization: 'mine', 'x-a': '1' },
    auth: { type: 'bearer', token: 'abc' },
  } as const
  await runScenario({ name: 'both', target, steps: [{ message: 'x' }] })
  expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'x-a': '1' })
})
