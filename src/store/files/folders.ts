/** Making folders. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './local-error.ts'

/**
 * Makes a folder and those above it; one that exists is fine. Node's own `recursive` never returns where making a folder says
 * "no such file" below a folder that exists, as in /proc, and takes a read-only disk for a folder that is not there.
 * @throws the system's error; ENOTDIR when a file is in its place
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
