import { expect, test, vi } from 'vitest'
import type { AuthContext } from '../../src/auth/scheme.ts'
import { staticSource } from '../../src/auth/static-source.ts'

function sourceOf() {
  const credentials = vi.fn((fields: unknown) => ({ headers: { authorization: (fields as { token: string }).token }, query: {} }))
  const seen: string[] = []
  const context = { onSecret: (secret: string) => seen.push(secret) } as Partial<AuthContext> as AuthContext
  return { source: staticSource({ credentials, secretFields: ['token'] }, context), credentials, seen }
}

test('credentials are computed again only for other fields', () => {
  const { source, credentials } = sourceOf()
  const fields = { token: 'a-secret' }
  const user = { id: 0, fields: () => fields }
  expect(source.ready(user)).toBeUndefined()
  const first = source.current(user, 'http://h')
  expect(source.current(user, 'http://h')).toBe(first)
  source.current({ id: 1, fields: () => ({ token: 'a-secret' }) }, 'http://h')
  expect(credentials).toHaveBeenCalledTimes(2)
})

test('a secret is reported before it is used, and once', () => {
  const { source, seen, credentials } = sourceOf()
  credentials.mockImplementationOnce(() => {
    expect(seen).toEqual(['one'])
    return { headers: { authorization: 'one' }, query: {} }
  })
  for (const token of ['one', 'two', 'one']) source.current({ id: 0, fields: () => ({ token }) }, 'http://h')
  expect(seen).toEqual(['one', 'two'])
})
