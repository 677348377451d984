import { linkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSameFile } from '../../../src/store/files/same-file.ts'
import { tempFolders } from '../temp.ts'

const temp = tempFolders()

test('a file is the same by every way that leads to it', () => {
  const folder = temp()
  const at = (name: string) => join(folder, name)
  writeFileSync(at('a'), 'x')
  writeFileSync(at('other'), 'x')
  linkSync(at('a'), at('hard'))
  symlinkSync(at('a'), at('soft'))
  for (const name of ['a', 'hard', 'soft', 'sub/../a']) expect([name, isSameFile(at('a'), at(name))]).toEqual([name, true])
  expect(isSameFile(at('a'), at('other'))).toBe(false)
})

test('of files that are not there, their paths say it', () => {
  const folder = temp()
  expect(isSameFile(join(folder, 'new'), join(folder, 'x/../new'))).toBe(true)
  expect(isSameFile(join(folder, 'new'), join(folder, 'newer'))).toBe(false)
})
