import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './local-error.ts'

/**
 * Creates a folder and its parents; does nothing for an existing one. It replaces Node's `recursive` option, which never returns in /proc and reports
 * the wrong error on a read-only disk. @throws the system's error; ENOTDIR when a file has the folder's name
 */
export function makeFolders(path: string): void {
  try {
    makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error
    makeFolders(parent)
    makeOne(path)
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') throw error
    const there = statSync(path, { throwIfNoEntry: false })
    if (there === undefined) throw error
    if (!there.isDirectory()) throw Object.assign(new Error('a file is in its place'), { code: 'ENOTDIR' })
  }
}
