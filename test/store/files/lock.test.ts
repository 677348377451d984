import { spawnSync } from 'node:child_process'
import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LocalError } from '../../../src/errors.ts'
import { createRunDir } from '../../../src/store/run-dir.ts'
import { options, temp } from '../folders.ts'
import { thrownBy } from '../temp.ts'

function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

function lockOf(over: object): string {
  return JSON.stringify({ runId: 'old', pid: process.pid, host: hostname(), processStart: null, ...over })
}

describe('--out', () => {
  test('a second live run is refused, and may come after the first has let go', () => {
    const out = temp()
    const first = createRunDir({ ...options, out })
    const error = thrownBy(() => createRunDir({ ...options, runId: 'run-2', out }))
    expect(error).toBeInstanceOf(LocalError)
    expect(error).toMatchObject({
      message: expect.stringContaining(`in use by run run-1 (process ${process.pid})`),
      hint: expect.stringContaining('--out'),
    })
    first.release()
    createRunDir({ ...options, runId: 'run-2', out }).release()
  })

  test('when the lock cannot be written, nothing of it is left', () => {
    const out = temp()
    const { writeFileSync: write } = fs
    fs.writeFileSync = (path) => {
      write(path, '')
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    syncBuiltinESMExports()
    onTestFinished(() => {
      fs.writeFileSync = write
      syncBuiltinESMExports()
    })
    expect(() => createRunDir({ ...options, out })).toThrow('no space left')
    expect(readdirSync(out)).toEqual([])
  })

  test('a live run of another process is refused', () => {
    const out = temp()
    writeFileSync(join(out, 'lock'), lockOf({ pid: process.ppid }))
    expect(() => createRunDir({ ...options, out })).toThrow('in use by run old')
    expect(readFileSync(join(out, 'lock'), 'utf8')).toContain('"old"')
  })

  test.each([
    ['of a dead process', () => lockOf({ pid: deadProcess() })],
    ['with the number of this process, which does not hold it', () => lockOf({})],
    ['of a process whose number another one has now', () => lockOf({ pid: process.ppid, processStart: '1' })],
    ['that is torn', () => '{"runId":"o'],
    ['that is empty', () => ''],
    ['that is foreign', () => '[1]'],
  ])('a lock %s is taken over', (_, text) => {
    const out = temp()
    writeFileSync(join(out, 'lock'), text())
    const run = createRunDir({ ...options, out })
    expect(JSON.parse(readFileSync(join(out, 'lock'), 'utf8'))).toMatchObject({ runId: 'run-1' })
    run.release()
    expect(readdirSync(out)).toEqual([])
  })

  test('a lock from another machine is believed', () => {
    const out = temp()
    writeFileSync(join(out, 'lock'), lockOf({ host: 'elsewhere', pid: deadProcess() }))
    expect(() => createRunDir({ ...options, out })).toThrow(/in use by run old \(process \d+ on elsewhere\)/)
  })

  test('while another run takes a dead lock over, this one keeps off', () => {
    const out = temp()
    writeFileSync(join(out, 'lock'), lockOf({ pid: deadProcess() }))
    writeFileSync(join(out, 'lock.takeover'), '')
    expect(() => createRunDir({ ...options, out })).toThrow('just being taken over')
  })

  test('the lock of a run that took over is not removed by the first', () => {
    const out = temp()
    const first = createRunDir({ ...options, out })
    writeFileSync(join(out, 'lock'), lockOf({ runId: 'other' }))
    first.release()
    expect(existsSync(join(out, 'lock'))).toBe(true)
  })

  test.each(['result.json', 'sessions.jsonl'])('a folder with a %s is refused, and cleared when that is asked for', (name) => {
    const out = temp()
    writeFileSync(join(out, name), 'old')
    writeFileSync(join(out, 'mine.txt'), 'keep')
    expect(() => createRunDir({ ...options, out })).toThrow(`already holds ${name} of another run`)
    expect(readdirSync(out).sort()).toEqual(['mine.txt', name].sort())
    createRunDir({ ...options, out, overwrite: true }).release()
    expect(readdirSync(out)).toEqual(['mine.txt'])
  })

  test('temporary files of a killed run go', () => {
    const out = temp()
    writeFileSync(join(out, '.result.json.77.3.tmp'), 'half')
    createRunDir({ ...options, out }).release()
    expect(readdirSync(out)).toEqual([])
  })
})
