import { expect, test } from 'vitest'
import { defineSource, leaves, placed, prefixed, secretsIn } from '../../src/auth/scheme.ts'

test('a header goes in lower case, a parameter as it is', () => {
  expect(placed('X-Api-Key', 'k')).toEqual({ headers: { 'x-api-key': 'k' }, query: {} })
  expect(placed('Key', 'k', 'query')).toEqual({ headers: {}, query: { Key: 'k' } })
  expect([prefixed('Bearer', 't'), prefixed('', 't')]).toEqual(['Bearer t', 't'])
})

test('what a source leaves out does nothing', async () => {
  const source = defineSource({ ready: () => undefined, current: () => ({ headers: {}, query: {} }) })
  const user = { id: 1, fields: () => ({}) }
  source.refused(user, 0)
  source.observe(user, 'http://h', ['a=b'])
  expect(source.identity(1)).toBeUndefined()
  await source.close()
})

test('secrets are those of the secret fields, unless the scheme finds them itself', () => {
  const block = { type: 'x', token: 't', headers: { a: 'b', n: [7, null, true] } }
  expect(secretsIn({ secretFields: ['token', 'headers', 'none'] }, block)).toEqual(['t', 'b', '7'])
  expect(secretsIn({ secretFields: ['token'], secrets: () => ['own'] }, block)).toEqual(['own'])
  expect([leaves(undefined), leaves('a'), leaves(0)]).toEqual([[], ['a'], ['0']])
})
