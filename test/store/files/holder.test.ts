/** A process is signalled only when it is certainly the one that took the lock. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isHolder } from '../../../src/store/files/holder.ts'
import { lockState, processStart } from '../../../src/store/files/lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'burn-holder-'))
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
const pid = child.pid ?? 0

beforeAll(() => once(child.stdout, 'data'))
afterAll(async () => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  rmSync(folder, { recursive: true })
})

/** Writes a lock of the child, as of so many seconds ago, and says whether the child counts as its holder. */
function holds(changed: object, secondsAgo = 0): boolean {
  const path = join(folder, 'lock')
  writeFileSync(path, JSON.stringify({ runId: 'a', pid, host: hostname(), processStart: processStart(pid), ...changed }))
  const at = Date.now() / 1000 - secondsAgo
  utimesSync(path, at, at)
  const lock = lockState(folder)
  return lock !== undefined && isHolder(folder, lock)
}

const hasPs = (() => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]).length > 0
  } catch {
    return false
  }
})()

test('the process that took it, by the moment at which it began', () => {
  expect(holds({})).toBe(true)
})

test.runIf(processStart(process.pid) !== null)('not a later process with the same number', () => {
  expect(holds({ processStart: '1' })).toBe(false)
})

test('not a process of another machine, nor one that has ended', () => {
  expect(holds({ host: `not-${hostname()}` })).toBe(false)
  expect(holds({ pid: 2 ** 22 + 1, processStart: null })).toBe(false)
})

test.runIf(hasPs)('where the lock does not say when it began: only if that was before the lock was written', () => {
  expect(holds({ processStart: null })).toBe(true)
  expect(holds({ processStart: null }, 3600)).toBe(false)
})
