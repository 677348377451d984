import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LocalError } from '../../src/errors.ts'
import { createRunDir, slugOf } from '../../src/store/run-dir.ts'
import { tempFolders, thrownBy } from './temp.ts'

const temp = tempFolders()
const startedAt = Date.UTC(2023, 10, 14, 22, 13, 20)
const options = { runId: 'run-1', name: 'Support Chat', startedAt }

function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

function lockOf(over: object): string {
  return JSON.stringify({ runId: 'old', pid: process.pid, host: hostname(), processStart: null, ...over })
}

describe('a folder of its own', () => {
  test('is named by scenario and time, and locked', () => {
    const base = join(temp(), 'deep', 'results')
    const run = createRunDir({ ...options, base })
    expect(run.path).toBe(join(base, 'support-chat-20231114-221320'))
    expect(run.resultPath).toBe(join(run.path, 'result.json'))
    expect(run.journalPath).toBe(join(run.path, 'sessions.jsonl'))
    expect(JSON.parse(readFileSync(join(run.path, 'lock'), 'utf8'))).toMatchObject({ runId: 'run-1', pid: process.pid })
    run.release()
    expect(readdirSync(run.path)).toEqual([])
  })

  test('runs of one name in one second get numbers', () => {
    const base = temp()
    const paths = [1, 2, 3].map((n) => createRunDir({ ...options, base, runId: `run-${n}` }).path)
    expect(paths.map((path) => path.slice(base.length + 1))).toEqual([
      'support-chat-20231114-221320',
      'support-chat-20231114-221320-2',
      'support-chat-20231114-221320-3',
    ])
  })

  test.each([
    ['../../etc/passwd', 'etc-passwd'],
    ['..', 'run'],
    ['', 'run'],
    ['日本', 'run'],
    ['Café au lait', 'cafe-au-lait'],
    ['a\u0000b/c\\d', 'a-b-c-d'],
    ['-rf', 'rf'],
    ['x'.repeat(500), 'x'.repeat(60)],
  ])('slug of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug)
    const base = temp()
    const { path } = createRunDir({ ...options, name, base })
    expect(resolve(path).startsWith(resolve(base) + sep)).toBe(true)
  })
})

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

describe('places that cannot be written', () => {
  test('a path below a file', () => {
    const file = join(temp(), 'file')
    writeFileSync(file, '')
    for (const place of [{ base: join(file, 'x') }, { out: join(file, 'x') }, { out: file }]) {
      const error = thrownBy(() => createRunDir({ ...options, ...place }))
      expect(error).toBeInstanceOf(LocalError)
      expect(error).toMatchObject({ hint: 'a part of the path is a file, not a folder' })
    }
  })

  test.runIf(existsSync('/proc/self'))('a folder of the system', () => {
    for (const place of [{ base: '/proc/burn' }, { out: '/proc/self/fdinfo' }, { out: '/sys/kernel' }]) {
      const error = thrownBy(() => createRunDir({ ...options, ...place }))
      expect(error).toBeInstanceOf(LocalError)
      expect(error).toMatchObject({ hint: expect.any(String) })
    }
  })

  test('a lock that is a folder', () => {
    const out = temp()
    mkdirSync(join(out, 'lock'))
    expect(thrownBy(() => createRunDir({ ...options, out }))).toBeInstanceOf(LocalError)
  })
})
