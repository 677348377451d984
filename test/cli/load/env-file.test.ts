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
  ['a large one', () => file('large', 'A='.padEnd(1024 * 1024 + 1, 'x')), 'larger than 1048576 bytes'],
])('%s is refused', (_, path, message) => {
  expect(() => environmentOf([path()])).toThrow(UsageError)
  expect(() => environmentOf([path()])).toThrow(message)
})

test('--env-file is read before --vars-file', () => {
  expect(variableFiles({ varsFile: ['b'], envFile: ['a'] } as Partial<RunFlags> as RunFlags)).toEqual(['a', 'b'])
})
