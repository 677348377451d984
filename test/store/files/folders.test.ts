import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders } from '../../../src/store/files/folders.ts'
import { tempFolders, thrownBy } from '../temp.ts'

const temp = tempFolders()

test('a folder is made with its parents, and one that is there is fine', () => {
  const path = join(temp(), 'a', 'b', 'c')
  makeFolders(path)
  makeFolders(path)
  expect(statSync(path).isDirectory()).toBe(true)
})

test('a file in its place, or on the way, is told', () => {
  const folder = temp()
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'dir'))
  expect(thrownBy(() => makeFolders(join(folder, 'file')))).toMatchObject({ code: 'ENOTDIR' })
  expect(thrownBy(() => makeFolders(join(folder, 'file', 'a', 'b')))).toMatchObject({ code: 'ENOTDIR' })
})

test.runIf(existsSync('/proc/self'))('one that the system refuses comes back', () => {
  expect(thrownBy(() => makeFolders('/proc/self/nothing/here'))).toBeInstanceOf(Error)
})
