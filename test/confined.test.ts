import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { liesIn, readConfinedBytes, readConfinedJson } from '../src/confined.ts'
import { UsageError } from '../src/errors.ts'

const root = mkdtempSync(join(tmpdir(), 'burn-confined-'))
const folder = join(root, 'scenario')
mkdirSync(join(folder, 'sub'), { recursive: true })
writeFileSync(join(folder, 'sub', 'a.json'), '\uFEFF{"a":1}')
writeFileSync(join(folder, 'torn.json'), '{"a":')
writeFileSync(join(folder, '..twice.bin'), Buffer.from([0, 255]))
writeFileSync(join(root, 'outside.json'), '{}')
symlinkSync(join(root, 'outside.json'), join(folder, 'link.json'))
symlinkSync(join(folder, 'sub', 'a.json'), join(folder, 'inner.json'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('files in the folder are read, through links of it too, a byte order mark left out', () => {
  expect(readConfinedJson(folder, 'sub/a.json', 100)).toEqual({ a: 1 })
  expect(readConfinedJson(folder, 'inner.json', 100)).toEqual({ a: 1 })
  expect([...readConfinedBytes(folder, '..twice.bin', 2)]).toEqual([0, 255])
})

test.each([
  ['../outside.json', 'lies outside of the folder'],
  ['link.json', 'lies outside of the folder'],
  [join(root, 'outside.json'), 'lies outside of the folder'],
  ['.', 'lies outside of the folder'],
  ['none.json', 'none.json is not there'],
  ['sub', 'sub is no file'],
  ['sub/a.json', 'is larger than 0.0048828125 KB'],
])('%s: %s', (name, message) => {
  expect(() => readConfinedBytes(folder, name, 5)).toThrow(UsageError)
  expect(() => readConfinedBytes(folder, name, 5)).toThrow(message)
})

test('JSON that is none is told by name', () => {
  expect(() => readConfinedJson(folder, 'torn.json', 100)).toThrow(/^torn\.json is not JSON: /)
})

test.each([
  ['/a', '/a/b', true],
  ['/a', '/a/..b', true],
  ['/a', '/a', false],
  ['/a', '/ab', false],
  ['/a', '/', false],
])('below %s lies %s: %s', (above, path, lies) => expect(liesIn(above, path)).toBe(lies))
