import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseScenario } from '../../src/scenario/read/read.ts'

const folder = mkdtempSync(join(tmpdir(), 'burn-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

const codes = (text: string, file = 'a.yaml') => parseScenario(text, file, { env: {} }).problems.map((problem) => problem.code)

test('CRLF files have the values and places of LF files', () => {
  const lf = 'name: t\nvars:\n  a: |\n    one\n    two\n'
  const [a, b] = [lf, lf.replaceAll('\n', '\r\n')].map((text) => parseScenario(text, 'a.yaml'))
  expect(b?.problems).toEqual([])
  expect(b?.value).toEqual(a?.value)
  expect(b?.locate.place(b.locate.key(['vars', 'a']))).toEqual({ line: 3, column: 3, endColumn: 4 })
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
