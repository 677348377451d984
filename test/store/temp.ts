/** A folder of its own for each test, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

/** Gives a function that makes folders; they go when the test ends. */
export function tempFolders(): () => string {
  const made: string[] = []
  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
  })
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'burn-test-'))
    made.push(path)
    return path
  }
}

/** What the action throws; fails the test when it throws nothing. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** A system error with its code. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code })
}
