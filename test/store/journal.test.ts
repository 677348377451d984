import * as fs from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { LocalError } from '../../src/errors.ts'
import { Journal, type JournalFs } from '../../src/store/journal/journal.ts'
import { readJournal } from '../../src/store/journal/reader.ts'
import { entry, HEADER } from './entries.ts'
import { entriesIn, open, redactor } from './journal/attempts.ts'
import { systemError, thrownBy } from './temp.ts'

afterEach(() => void vi.useRealTimers())

describe('which attempts are written', () => {
  test('errors: the failed ones only', () => {
    const { path, journal } = open({ level: { kind: 'errors' } })
    for (const outcome of ['ok', 'failed', 'cut'] as const) journal.write(entry({ outcome, step: outcome }))
    journal.close()
    expect(entriesIn(path).map((one) => one.step)).toEqual(['failed'])
    expect(readJournal(path).header?.level).toBe('errors')
  })

  test('none: no file at all', () => {
    const { path, journal } = open({ level: { kind: 'none' } })
    journal.write(entry())
    journal.close()
    expect(fs.existsSync(path)).toBe(false)
    expect(journal.notes()).toEqual([])
  })

  test('sample: whole iterations, the same ones for the same seed, about the share', () => {
    const { journal } = open({ level: { kind: 'sample', share: 0.1 } })
    const { journal: again } = open({ level: { kind: 'sample', share: 0.1 } })
    const kept = Array.from({ length: 5000 }, (_, i) => journal.wants('ok', i % 50, Math.floor(i / 50)))
    expect(kept).toEqual(Array.from({ length: 5000 }, (_, i) => again.wants('failed', i % 50, Math.floor(i / 50))))
    const share = kept.filter(Boolean).length / 5000
    expect(share).toBeGreaterThan(0.08)
    expect(share).toBeLessThan(0.12)
    journal.close()
    again.close()
  })
})

describe('writing', () => {
  test('lines wait for 50 ms, then go out together', () => {
    vi.useFakeTimers()
    const writeSync = vi.fn((file: number, bytes: Buffer, offset: number, length: number) =>
      fs.writeSync(file, bytes, offset, length),
    )
    const { path, journal } = open({ disk: { ...fs, writeSync } })
    const before = writeSync.mock.calls.length
    for (let i = 0; i < 10; i++) journal.write(entry({ iteration: i }))
    vi.advanceTimersByTime(49)
    expect(entriesIn(path)).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(entriesIn(path)).toHaveLength(10)
    expect(writeSync.mock.calls.length - before).toBe(1)
    journal.close()
  })

  test('64 KiB do not wait', () => {
    vi.useFakeTimers()
    const { path, journal } = open()
    journal.write(entry({ reply: 'x'.repeat(40_000) }))
    expect(entriesIn(path)).toHaveLength(0)
    journal.write(entry({ reply: 'x'.repeat(40_000) }))
    expect(entriesIn(path)).toHaveLength(2)
    journal.close()
  })

  test('stops at its bound and says so', () => {
    const { path, journal } = open({ maxBytes: 5000 })
    for (let i = 0; i < 100; i++) journal.write(entry({ iteration: i }))
    journal.close()
    const kept = entriesIn(path)
    expect(fs.statSync(path).size).toBeLessThanOrEqual(5000)
    expect(kept.length).toBeGreaterThan(5)
    expect(kept.map((one) => one.iteration)).toEqual(kept.map((_, i) => i))
    expect(journal.notes()).toEqual([`the journal stopped at its bound of 4.9 KiB, ${100 - kept.length} entries are missing`])
  })

  test('an existing journal is never written over', () => {
    const { path, journal } = open()
    journal.close()
    expect(thrownBy(() => Journal.open(path, { level: { kind: 'all' }, header: HEADER, redactor }))).toBeInstanceOf(LocalError)
  })

  test('closing twice does no harm', () => {
    const { journal } = open()
    journal.close()
    journal.close()
    expect(journal.error).toBeUndefined()
  })
})

describe('a disk that fails', () => {
  /** Passes everything on, but the n-th write and all later ones do what `fail` does. */
  function failingFrom(n: number, fail: (file: number, bytes: Buffer, offset: number) => number): JournalFs {
    let writes = 0
    const writeSync = (file: number, bytes: Buffer, offset: number, length: number): number => {
      writes += 1
      return writes >= n ? fail(file, bytes, offset) : fs.writeSync(file, bytes, offset, length)
    }
    return { ...fs, writeSync }
  }

  test('a full disk ends the journal, not the run; no part of a line stays', () => {
    let calls = 0
    const disk = failingFrom(3, (file, bytes, offset) => {
      calls += 1
      if (calls === 1) return fs.writeSync(file, bytes, offset, 10)
      throw systemError('ENOSPC')
    })
    const { path, journal } = open({ disk })
    journal.write(entry({ iteration: 1 }))
    journal.flush()
    journal.write(entry({ iteration: 2 }))
    journal.flush()
    journal.write(entry({ iteration: 3 }))
    journal.close()
    expect(entriesIn(path).map((one) => one.iteration)).toEqual([1])
    expect(readJournal(path).tornTail).toBe(false)
    expect(fs.readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
    expect(journal.error).toMatchObject({ hint: expect.stringContaining('disk is full') })
    expect(journal.notes()).toEqual([expect.stringMatching(/^the journal ends early, 2 entries are missing: .*ENOSPC/)])
    expect(calls).toBe(2)
  })

  test('short writes are completed', () => {
    const disk = failingFrom(1, (file, bytes, offset) => fs.writeSync(file, bytes, offset, Math.min(7, bytes.length - offset)))
    const { path, journal } = open({ disk })
    journal.write(entry())
    journal.close()
    expect(entriesIn(path)).toEqual([entry()])
    expect(journal.error).toBeUndefined()
  })

  test('a write that takes nothing is an error', () => {
    const { path, journal } = open({ disk: failingFrom(2, () => 0) })
    journal.write(entry())
    journal.close()
    expect(entriesIn(path)).toEqual([])
    expect(journal.notes()[0]).toContain('bytes were taken')
  })

  test('gives up its newer half, line by line, and never its header', () => {
    const { path, journal } = open()
    for (let i = 0; i < 100; i++) journal.write(entry({ iteration: i }))
    expect(journal.giveRoom()).toBe(false) // still being written
    journal.close()
    const full = fs.statSync(path).size
    let left = 100
    while (journal.giveRoom()) {
      const iterations = entriesIn(path).map((one) => one.iteration)
      expect(iterations).toEqual(Array.from({ length: iterations.length }, (_, i) => i))
      expect(iterations.length).toBeLessThan(left)
      left = iterations.length
    }
    const { header, tornTail } = readJournal(path)
    expect([left, header?.runId, tornTail]).toEqual([0, 'run-1', false])
    expect(journal.error).toMatchObject({ message: `the disk is full: the journal ${path} made room for the result` })
    expect(fs.statSync(path).size).toBeLessThan(full / 50)
  })

  test('a disk that is full at once is found when the journal is opened', () => {
    const disk = failingFrom(1, () => {
      throw systemError('ENOSPC')
    })
    expect(thrownBy(() => open({ disk }))).toBeInstanceOf(LocalError)
  })
})

test('nothing in the file acts on a terminal that shows it, and the texts are what they were', () => {
  const { path, journal } = open({ level: { kind: 'all' } })
  const text = 'a\u009b31m b\u202egnp.exe c\u2066d\u200e\x7f\ufeff \u2028'
  journal.write(entry({ prompt: text, reply: text, step: text }))
  journal.close()
  expect(fs.readFileSync(path, 'utf8')).not.toMatch(/[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/)
  expect(entriesIn(path)).toMatchObject([{ prompt: text, reply: text, step: text }])
})
