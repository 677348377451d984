import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { InputError, LocalError, UsageError } from '../../src/errors.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { Journal, type JournalFs, type JournalOptions } from '../../src/store/journal/journal.ts'
import { journalLevelText, parseJournalLevel } from '../../src/store/journal/level.ts'
import { TRUNCATION_MARK } from '../../src/store/journal/line.ts'
import { readJournal } from '../../src/store/journal/reader.ts'
import { Redactor } from '../../src/text/secrets.ts'
import { entry, HEADER } from './entries.ts'
import { systemError, tempFolders, thrownBy } from './temp.ts'

const temp = tempFolders()
afterEach(() => void vi.useRealTimers())

const redactor = new Redactor()
redactor.add('hunter22')
redactor.add('10000000')

function open(over: Partial<JournalOptions> = {}): { path: string; journal: Journal } {
  const path = join(temp(), 'sessions.jsonl')
  return { path, journal: Journal.open(path, { level: { kind: 'all' }, header: HEADER, redactor, ...over }) }
}

function entriesIn(path: string): JournalEntry[] {
  return [...readJournal(path).entries]
}

describe('parseJournalLevel', () => {
  test.each([
    ['all', { kind: 'all' }],
    ['errors', { kind: 'errors' }],
    ['none', { kind: 'none' }],
    ['sample:0.1', { kind: 'sample', share: 0.1 }],
    ['sample:.5', { kind: 'sample', share: 0.5 }],
    ['sample:1', { kind: 'sample', share: 1 }],
  ])('%s', (text, level) => expect(parseJournalLevel(text)).toEqual(level))

  test.each(['', 'ALL', 'sample', 'sample:', 'sample:0', 'sample:1.1', 'sample:-1', 'sample:1e9', 'sample:10%'])(
    '%j is refused',
    (text) => {
      expect(thrownBy(() => parseJournalLevel(text))).toBeInstanceOf(UsageError)
    },
  )

  test('reads back what it wrote', () => expect(journalLevelText(parseJournalLevel('sample:0.25'))).toBe('sample:0.25'))
})

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

describe('what a line holds', () => {
  test('an entry comes back as it was, after the header', () => {
    const { path, journal } = open()
    const whole = entry({
      reasoning: 'hm',
      failure: { class: 'reset', phase: 'stream', message: 'x' },
      outcome: 'failed',
      checks: [{ check: 'c', passed: false, observed: '1' }],
    })
    journal.write(whole)
    journal.close()
    expect(readJournal(path)).toMatchObject({ header: { journal: '1.0', level: 'all', ...HEADER }, tornTail: false })
    expect(entriesIn(path)).toEqual([whole])
  })

  test('secrets are hidden in every field, and at the cut', () => {
    const { path, journal } = open()
    const atTheCut = `${'x'.repeat(64 * 1024 - 4)}hunter22${'y'.repeat(100_000)}`
    const raw = { hunter22: [10000000, 'hunter22'] }
    const usage = {
      inputTokens: 1,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      outputTokens: 2,
      reasoningTokens: null,
      visibleTokens: null,
      source: 'usage' as const,
      raw,
    }
    journal.write(entry({ prompt: 'hunter22', reply: atTheCut, warnings: ['hunter22'], usage, bytesSent: 10000000 }))
    journal.close()
    expect(fs.readFileSync(path, 'utf8')).not.toContain('hunt')
    expect(entriesIn(path)[0]).toMatchObject({
      prompt: '[secret]',
      warnings: ['[secret]'],
      usage: { raw: { '[secret]': ['[secret]', '[secret]'] } },
    })
    expect(entriesIn(path)[0]?.bytesSent).toBe(10000000)
  })

  test.each([
    ['ascii', 'x'],
    ['two bytes', 'é'],
    ['four bytes', '😀'],
  ])('long texts are cut at 64 KiB: %s', (_, character) => {
    const { path, journal } = open()
    journal.write(entry({ reply: `a${character.repeat(100_000)}` }))
    journal.close()
    const reply = entriesIn(path)[0]?.reply ?? ''
    expect(reply.endsWith(character + TRUNCATION_MARK)).toBe(true)
    const bytes = Buffer.byteLength(reply) - Buffer.byteLength(TRUNCATION_MARK)
    expect(bytes).toBeLessThanOrEqual(65_536)
    expect(bytes).toBeGreaterThan(65_532)
  })

  test('lone surrogates and line breaks do no harm', () => {
    const { path, journal } = open()
    journal.write(entry({ reply: 'a\ud800b\n\u2028\r' }))
    journal.close()
    expect(fs.readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
    expect(entriesIn(path)[0]?.reply).toBe('a\ufffdb\n\u2028\r')
  })

  test('an enormous usage record is left out, the rest stays', () => {
    const { path, journal } = open()
    const raw = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]))
    const usage = {
      inputTokens: 1,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      outputTokens: 2,
      reasoningTokens: null,
      visibleTokens: null,
      source: 'usage' as const,
      raw,
    }
    journal.write(entry({ usage }))
    journal.close()
    expect(entriesIn(path)[0]).toMatchObject({ reply: 'Hello', usage: { outputTokens: 2, raw: null }, warnings: ['entry_cut'] })
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

describe('readJournal', () => {
  test('cut at every byte of the last three records, it gives all whole ones before', () => {
    const { path, journal } = open()
    for (let i = 0; i < 6; i++) journal.write(entry({ iteration: i, reply: 'é😀\n"' }))
    journal.close()
    const bytes = fs.readFileSync(path)
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at)
    const cutPath = join(temp(), 'cut.jsonl')
    for (let size = (ends[3] ?? 0) + 1; size <= bytes.length; size++) {
      fs.writeFileSync(cutPath, bytes.subarray(0, size))
      const { entries, tornTail, header } = readJournal(cutPath)
      const whole = ends.filter((end) => end <= size).length - 1
      expect([...entries].map((one) => one.iteration)).toEqual(Array.from({ length: whole }, (_, i) => i))
      expect(tornTail).toBe(!ends.some((end) => end === size || end === size - 1))
      expect(header?.runId).toBe('run-1')
    }
  })

  test('lines that are no entries are passed over', () => {
    const { path, journal } = open()
    journal.write(entry({ iteration: 1 }))
    journal.close()
    fs.appendFileSync(path, `\n{"a":1}\nnull\n{"runId":3}\n\xff\xfe\n${JSON.stringify(entry({ iteration: 2 }))}\n`, 'latin1')
    expect(entriesIn(path).map((one) => one.iteration)).toEqual([1, 2])
  })

  test('entries longer than a chunk, and many of them', () => {
    const { path, journal } = open()
    for (let i = 0; i < 40; i++)
      journal.write(entry({ iteration: i, reply: 'x'.repeat(60_000), prompt: 'y'.repeat(60_000), reasoning: 'z'.repeat(60_000) }))
    journal.close()
    const { entries } = readJournal(path)
    expect([...entries].map((one) => one.iteration)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect([...entries]).toHaveLength(40)
  })

  test('an empty file has nothing in it, a missing one is an error', () => {
    const path = join(temp(), 'none.jsonl')
    expect(thrownBy(() => readJournal(path))).toBeInstanceOf(InputError)
    fs.writeFileSync(path, '')
    expect(readJournal(path)).toMatchObject({ header: undefined, tornTail: false })
    expect(entriesIn(path)).toEqual([])
  })
})
