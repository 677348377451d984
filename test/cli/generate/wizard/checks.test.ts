import { expect, test } from 'vitest'
import { checkAddress, checkPath, checkVariable } from '../../../../src/cli/generate/wizard/checks.ts'

test.each([
  ['https://h/a', undefined],
  [' ws://h ', undefined],
  ['mock:/login', undefined],
  ['http://{{host}}/a', undefined],
  ['h/a', 'An address begins with its scheme'],
  ['gopher://h', 'An address begins with its scheme'],
  ['constructor://h', 'An address begins with its scheme'],
  ['https://ann:pw@h/', 'No user names or passwords'],
  ['https://h/?api_key=sk-123456789', 'no keys'],
])('%s: %s', (address, message) => {
  if (message === undefined) expect(checkAddress(address)).toBeUndefined()
  else expect(checkAddress(address)).toContain(message)
})

test('an address speaks what was chosen', () => {
  expect(checkAddress('ws://h', 'websocket')).toBeUndefined()
  expect(checkAddress('http://h', 'websocket')).toBe('This speaks websocket: its addresses begin with ws:// (with an s for TLS)')
})

test('names of variables and of files', () => {
  expect([checkVariable(' API_KEY '), checkVariable('-')]).toEqual([undefined, undefined])
  for (const wrong of ['sk-abc', '1A', '', '$A']) expect(checkVariable(wrong)).toContain('not the key itself')
  expect([checkPath('a/b.yaml '), checkPath('c.json'), checkPath('c.txt')]).toEqual([
    undefined,
    undefined,
    'A file that ends with .yaml or .json',
  ])
})
