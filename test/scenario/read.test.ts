import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Problem, ScenarioError } from '../../src/errors.ts'
import { parseScenario } from '../../src/scenario/read/read.ts'
import { decodeSource, readSource } from '../../src/scenario/read/source-file.ts'
import { validateFile } from '../support/validate-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'burn-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

function problemOf(action: () => unknown): Problem | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems[0]
    throw error
  }
  return undefined
}

const codes = (text: string, file = 'a.yaml') => parseScenario(text, file, { env: {} }).problems.map((problem) => problem.code)

test('bytes that are not UTF-8 are told by their offset', () => {
  const bytes = Buffer.concat([Buffer.from('name: é'), Buffer.from([0xff, 0x41])])
  expect(problemOf(() => decodeSource(bytes, 'a.yaml'))).toMatchObject({
    code: 'E_FILE',
    message: 'not UTF-8: bad byte at offset 8',
  })
})

test('a character that the end of the file cuts off is told by its offset', () => {
  const bytes = Buffer.concat([Buffer.from('name: '), Buffer.from('é').subarray(0, 1)])
  expect(problemOf(() => decodeSource(bytes, 'a.yaml'))?.message).toBe('not UTF-8: bad byte at offset 6')
})

test('a byte order mark is dropped, and columns do not count it', () => {
  const { value, problems, locate } = parseScenario(decodeSource(Buffer.from('\ufeffname: t\n'), 'a.yaml').text, 'a.yaml')
  expect(problems).toEqual([])
  expect(value).toEqual({ name: 't' })
  expect(locate.place(locate.value(['name']))).toEqual({ line: 1, column: 7, endColumn: 8 })
})

test('CRLF files have the values and places of LF files', () => {
  const lf = 'name: t\nvars:\n  a: |\n    one\n    two\n'
  const [a, b] = [lf, lf.replaceAll('\n', '\r\n')].map((text) => parseScenario(text, 'a.yaml'))
  expect(b?.problems).toEqual([])
  expect(b?.value).toEqual(a?.value)
  expect(b?.locate.place(b.locate.key(['vars', 'a']))).toEqual({ line: 3, column: 3, endColumn: 4 })
})

test('a file that does not exist, a folder, and a file that is too big are problems', () => {
  const big = join(folder, 'big.yaml')
  writeFileSync(big, '#'.repeat(1024 * 1024 + 1))
  expect(problemOf(() => readSource(join(folder, 'none.yaml')))?.message).toBe('cannot be read: there is no such file')
  expect(problemOf(() => readSource(folder))?.message).toBe('cannot be read: it is a directory')
  expect(problemOf(() => readSource(big))?.message).toBe('larger than 1048576 bytes')
  expect(problemOf(() => readSource(big, { bytes: 1024 * 1024, hint: 'cut it' }))?.hint).toBe('cut it')
  expect(readSource(big, { bytes: 1024 * 1024 + 1, hint: '' }).text).toHaveLength(1024 * 1024 + 1)
  expect(validateFile(big)).toMatchObject({ scenario: undefined, problems: [{ code: 'E_FILE', line: 1, column: 1 }] })
})

test('a file of the largest size is read whole', () => {
  const path = join(folder, 'full.yaml')
  writeFileSync(path, `name: t\n#${'x'.repeat(1024 * 1024 - 10)}\n`)
  expect(readSource(path).text).toHaveLength(1024 * 1024)
})

test('values have no prototype that a key could reach', () => {
  const { value } = parseScenario('a: { toString: 1, hasOwnProperty: 2 }', 'a.yaml')
  expect(Object.getPrototypeOf(value)).toBeNull()
  expect(Object.keys((value as { a: object }).a)).toEqual(['toString', 'hasOwnProperty'])
})

test.each([
  ['__proto__: 1', 'a.yaml'],
  ['a: [ { "constructor": 1 } ]', 'a.yaml'],
  ['{ "a": { "prototype": 1 } }', 'a.json'],
  ['{ "\\u005f_proto__": 1 }', 'a.json'],
])('%s in %s: the key is refused', (text, file) => {
  expect(codes(text, file)).toEqual(['E_KEY'])
})

test.each([
  ['no', 'no'],
  ['on', 'on'],
  ['12:30', '12:30'],
  ['1_000', '1_000'],
  ['true', true],
  ['~', null],
  ['1.10', 1.1],
  ['-0', 0],
  ['"5"', '5'],
  ['2024-01-01', '2024-01-01'],
])('the value %s is %j', (written, value) => {
  expect(parseScenario(`a: ${written}`, 'a.yaml').value).toEqual({ a: value })
})

test('a YAML 1.1 directive changes nothing about values', () => {
  expect(parseScenario('%YAML 1.1\n---\na: no\nb: 12:30\n', 'a.yaml').value).toEqual({ a: 'no', b: '12:30' })
})

test.each([
  ['depth of 50', '['.repeat(49) + ']'.repeat(49), []],
  ['depth of 51', '['.repeat(51) + ']'.repeat(51), ['E_DEPTH']],
  ['depth of 51 in blocks', Array.from({ length: 51 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), ['E_DEPTH']],
  ['1000 keys', Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join('\n'), []],
  ['1001 keys', Array.from({ length: 1001 }, (_, i) => `k${i}: 1`).join('\n'), ['E_TOO_MANY_KEYS']],
  ['1001 keys on one line', `{ ${Array.from({ length: 1001 }, (_, i) => `k${i}: 1`).join(', ')} }`, ['E_TOO_MANY_KEYS']],
  ['1001 items', `[${'1, '.repeat(1000)}1]`, []],
  ['20 aliases', `a: &a 1\nb: [${'*a, '.repeat(19)}*a]`, []],
  ['21 aliases', `a: &a 1\nb: [${'*a, '.repeat(20)}*a]`, ['E_ALIAS']],
  ['aliases that multiply', `a: &a [${'1, '.repeat(20_000)}]\nb: &b [*a, *a]\nc: [*b, *b]`, ['E_TOO_BIG']],
  ['aliases that nest', `a: &a ${'['.repeat(30)}${']'.repeat(30)}\nb: ${'['.repeat(30)}*a${']'.repeat(30)}`, ['E_DEPTH']],
])('%s', (_, text, expected) => {
  expect(codes(text)).toEqual(expected)
})

test('an alias repeats the value, each time as a copy of its own', () => {
  const { value } = parseScenario('a: &a { x: 1 }\nb: *a\n', 'a.yaml')
  const { a, b } = value as { a: object; b: object }
  expect(b).toEqual({ x: 1 })
  expect(a).not.toBe(b)
})

test('what follows ${ in the environment cannot change the structure', () => {
  const env = { X: 'a", admin: true, b: "\n- c: &a' }
  expect(parseScenario('name: "${env.X}"', 'a.yaml', { env }).value).toEqual({ name: env.X })
})

test('a text without an extension is JSON when it reads as JSON, else YAML', () => {
  expect(parseScenario('{\n\t"a": 1 }', '<stdin>').value).toEqual({ a: 1 })
  expect(parseScenario('{ a: 1 }', '<stdin>').value).toEqual({ a: 1 })
})
