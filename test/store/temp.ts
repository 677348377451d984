/** A folder of its own for each test, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Gives a function that makes a folder for the test that calls it; the folder goes when the test ends. */
export function tempFolders(): () => string {
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'burn-test-'))
    onTestFinished(() => rmSync(path, { recursive: true, force: true }))
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
