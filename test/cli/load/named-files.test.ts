import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { namedFiles } from '../../../src/cli/load/named-files.ts'

const dir = mkdtempSync(join(tmpdir(), 'burn-named-'))
for (const name of ['b.yaml', 'a.yaml', 'c.json']) writeFileSync(join(dir, name), '')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('files in their order, those of a pattern in theirs', () => {
  expect(namedFiles(['z.yaml', join(dir, '*.yaml'), '-'])).toEqual(['z.yaml', join(dir, 'a.yaml'), join(dir, 'b.yaml'), '-'])
})

test('a pattern that matches nothing is an error; a file that is not there is not one yet', () => {
  expect(() => namedFiles([join(dir, '*.yml')])).toThrow('*.yml matches no file')
  expect(namedFiles(['none.yaml'])).toEqual(['none.yaml'])
})
