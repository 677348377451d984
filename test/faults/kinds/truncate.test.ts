/** Requests that are cut off. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

test.each([
  ['50%', 'abcd', 'ab'],
  ['100%', 'abcd', ''],
  ['1%', 'abcd', 'abc'],
])('truncate %s of %s leaves %s', (share, text, left) => {
  const injection = drawn({ truncate: share })
  const bytes = injection.does === 'alter' ? injection.change(Buffer.from(text)) : undefined
  expect(bytes?.toString()).toBe(left)
})
