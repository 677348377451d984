import { expect, test } from 'vitest'
import { MAX_DEPTH, MAX_KEYS, scanTokens } from '../../../src/scenario/read/limits.ts'

const brokenBy = (text: string) => {
  const scan = scanTokens(text)
  return 'broken' in scan ? [scan.broken.code, scan.broken.offset] : undefined
}
const keys = (count: number) => Array.from({ length: count }, (_, n) => `k${n}: 1`)

test.each<[string, string, unknown]>([
  ['lists as deep as they may be', `${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`, undefined],
  ['one deeper', `${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`, ['E_DEPTH', MAX_DEPTH]],
  ['as many keys as there may be', keys(MAX_KEYS).join('\n'), undefined],
  ['one more', keys(MAX_KEYS + 1).join('\n'), ['E_TOO_MANY_KEYS', 0]],
  ['the same between brackets', `{ ${keys(MAX_KEYS).join(', ')}, }`, undefined],
  ['one more between brackets', `{ ${keys(MAX_KEYS + 1).join(', ')} }`, ['E_TOO_MANY_KEYS', 0]],
])('%s', (_, text, broken) => expect(brokenBy(text)).toEqual(broken))

test('a long list is no map, and too many tokens are too much', () => {
  expect(brokenBy(`[ ${'1, '.repeat(MAX_KEYS * 2)} ]`)).toBeUndefined()
  expect(brokenBy('- 1\n'.repeat(70_000))?.[0]).toBe('E_TOO_BIG')
})
