/** Reading the bytes of a file as text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Problem, ScenarioError } from '../../../src/errors.ts'
import { parseScenario } from '../../../src/scenario/read/read.ts'
import { decodeSource, readSource } from '../../../src/scenario/read/source-file.ts'
import { validateFile } from '../../support/validate-file.ts'

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
