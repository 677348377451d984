import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { environmentOf, variableFiles } from '../../../src/cli/load/env-file.ts'
import type { RunFlags } from '../../../src/cli/load/run-flags.ts'
import { UsageError } from '../../../src/errors.ts'

const dir = mkdtempSync(join(tmpdir(), 'burn-env-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

test('the process wins over files, and a later file over an earlier one', () => {
  vi.stubEnv('BURN_TEST_A', 'process')
  const { env: made } = environmentOf([
    file('1', '\uFEFFBURN_TEST_A=1\nBURN_TEST_B=1\nBURN_TEST_C="x # y"\n'),
    file('2', 'export BURN_TEST_B=2 # two\n'),
  ])
  expect([made.BURN_TEST_A, made.BURN_TEST_B, made.BURN_TEST_C]).toEqual(['process', '2', 'x # y'])
})

test.each([
  ['none', () => join(dir, 'none'), 'there is no such file'],
  ['a folder', () => dir, 'it is a directory'],
  ['a line without =', () => file('bad', '# x\nA="1\n2"\nBAD LINE\n'), 'bad: line 4 is no NAME=value'],
  ['a name of two words', () => file('bad', 'A B=1\n'), 'bad: line 1 is no NAME=value'],
  ['a quote without end', () => file('bad', 'A=1\nB="x\nC=2\n'), 'bad: the quotes in line 2 do not match'],
  ['a quote that ends at the next', () => file('bad', 'B="x\nC="2"\n'), 'bad: the quotes in line 1 do not match'],
  ['escaped quotes', () => file('bad', 'B="x \\"y\\""\n'), 'bad: the quotes in line 1 do not match'],
  ['a large one', () => file('large', 'A='.padEnd(1024 * 1024 + 1, 'x')), 'larger than 1048576 bytes'],
])('%s is refused', (_, path, message) => {
  expect(() => environmentOf([path()])).toThrow(UsageError)
  expect(() => environmentOf([path()])).toThrow(message)
})

test('quotes, comments, empty values and lines of Windows are no mistakes', () => {
  const text = ['# a', '', "  export A = 'x' # y", 'B=', 'C=it\'s "so"', 'D="1', '2"', 'E=`a"b\'c`', '\t', 'G=a=b'].join('\r\n')
  const { env } = environmentOf([file('fine', text)])
  expect([env.A, env.B, env.C, env.E, env.G]).toEqual(['x', '', 'it\'s "so"', 'a"b\'c', 'a=b'])
})

test('--env-file is read before --vars-file', () => {
  expect(variableFiles({ varsFile: ['b'], envFile: ['a'] } as Partial<RunFlags> as RunFlags)).toEqual(['a', 'b'])
})
