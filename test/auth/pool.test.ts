import { expect, test } from 'vitest'
import { authSchema, secretsOf } from '../../src/auth/index.ts'
import { opened } from './harness.ts'
import { headersOf } from './rows.ts'

test('pool: each user keeps a key, or each request takes the next', async () => {
  const keys = ['key-one', 'key-two', 'key-three']
  const perUser = await opened({ type: 'pool', keys })
  expect(await headersOf(perUser, [0, 1, 2, 3, 0])).toEqual(
    ['one', 'two', 'three', 'one', 'one'].map((key) => `Bearer key-${key}`),
  )
  expect(perUser.secrets).toEqual(keys)
  const perRequest = await opened({ type: 'pool', keys: 'key-one, key-two\nkey-three\n', rotate: 'request' })
  expect(await headersOf(perRequest, [5, 5, 5, 0])).toEqual(['one', 'two', 'three', 'one'].map((key) => `Bearer key-${key}`))
  const block = authSchema.parse({ type: 'pool', keys: 'key-one,key-two' })
  expect(secretsOf(block)).toEqual(['key-one', 'key-two'])
})

test('pool: one attempt has one key however often it asks', async () => {
  const { source } = await opened({ type: 'pool', keys: ['a', 'b'], rotate: 'request', name: 'key', in: 'query' })
  const user = {
    id: 0,
    fields: () => authSchema.parse({ type: 'pool', keys: ['a', 'b'], rotate: 'request', name: 'key', in: 'query' }),
  }
  source.ready(user)
  expect([source.current(user, ''), source.current(user, '')]).toEqual([
    { headers: {}, query: { key: 'a' } },
    { headers: {}, query: { key: 'a' } },
  ])
})
