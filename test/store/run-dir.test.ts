import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LocalError } from '../../src/errors.ts'
import { createRunDir, slugOf } from '../../src/store/run-dir.ts'
import { options, temp } from './folders.ts'
import { thrownBy } from './temp.ts'

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
