import { expect, test } from 'vitest'
import { type AuthBlock, authSchema, credentialsOf, isStaticAuth } from '../../src/auth/index.ts'
import { opened } from './harness.ts'

test('schemes of the file alone: the fields decide, and secrets of templates are told once', async () => {
  const { source, secrets } = await opened({ type: 'bearer', token: '{{customers.token}}' })
  const user = (token: string) => ({ id: 0, fields: () => ({ type: 'bearer', token }) })
  expect(source.ready(user('first-token'))).toBeUndefined()
  for (const token of ['first-token', 'other-token', 'first-token']) {
    expect(source.current(user(token), '').headers).toEqual({ authorization: `Bearer ${token}` })
  }
  expect(secrets).toEqual(['first-token', 'other-token'])
})

test.each<[unknown, boolean]>([
  [{ type: 'none' }, true],
  [{ type: 'basic', username: 'a', password: 'b' }, true],
  [{ type: 'jwt', secret: 'x' }, false],
  [{ type: 'identities', file: 'users.csv' }, false],
])('%j is known from its block: %s', (written, known) => {
  const block: AuthBlock = authSchema.parse(written)
  expect(isStaticAuth(block)).toBe(known)
  if (!known) expect(() => credentialsOf(block)).toThrow(TypeError)
})
