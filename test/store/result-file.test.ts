import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import * as disk from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { InputError, LocalError, UsageError } from '../../src/errors.ts'
import { reporters } from '../../src/report/index.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import type { Result } from '../../src/result/schema.ts'
import type { AtomicFs } from '../../src/store/files/atomic.ts'
import { openOutputs } from '../../src/store/files/output-file.ts'
import type { JournalEntry } from '../../src/store/journal/entry.ts'
import { Journal } from '../../src/store/journal/journal.ts'
import { markIncomplete, readResult, readResults } from '../../src/store/read-result.ts'
import { ResultCheckpointer, writeResult } from '../../src/store/result-file.ts'
import { Redactor } from '../../src/text/secrets.ts'
import { RESULTS } from '../report/results.ts'
import { entry, HEADER } from './entries.ts'
import { systemError, tempFolders, thrownBy } from './temp.ts'

const temp = tempFolders()
const { fine, huge } = RESULTS

/** What comes back from JSON: lone surrogates stay, undefined goes. */
const stored = (result: Result): Result => JSON.parse(JSON.stringify(result))

/** A disk on which one call fails. */
function failing(over: Partial<AtomicFs>): AtomicFs {
  return { ...disk, ...over }
}

/** A disk whose files take at most `most` bytes a write; `total` bytes in all. */
function shortWrites(most: number, total = Number.POSITIVE_INFINITY): AtomicFs {
  const open = async (...given: Parameters<typeof disk.open>) => {
    const file = await disk.open(...given)
    const write = file.write.bind(file)
    let room = total
    const short = (bytes: Uint8Array, offset: number, length: number) => {
      const count = Math.min(most, length, room)
      room -= count
      return count === 0 ? Promise.resolve({ bytesWritten: 0, buffer: bytes }) : write(bytes, offset, count)
    }
    return Object.assign(file, { write: short as typeof file.write })
  }
  return failing({ open: open as typeof disk.open })
}

describe('writeResult', () => {
  test.each(Object.entries(RESULTS))('%s comes back as it was', async (_, result) => {
    const path = join(temp(), 'result.json')
    await writeResult(path, result)
    expect(readResult(path)).toEqual(stored(result))
  })

  test('replaces the old one and leaves nothing else', async () => {
    const folder = temp()
    await writeResult(join(folder, 'result.json'), huge)
    await writeResult(join(folder, 'result.json'), fine)
    expect(readdirSync(folder)).toEqual(['result.json'])
    expect(readResult(folder).scenarioName).toBe('support-chat')
  })

  test('short writes are completed', async () => {
    const path = join(temp(), 'result.json')
    await writeResult(path, fine, shortWrites(1000))
    expect(readResult(path)).toEqual(stored(fine))
  })

  test.each<[string, AtomicFs]>([
    ['open', failing({ open: () => Promise.reject(systemError('EROFS')) })],
    ['rename', failing({ rename: () => Promise.reject(systemError('EACCES')) })],
    ['a write that takes nothing', shortWrites(1000, 3000)],
  ])('when %s fails, the old file stays whole and no other is left', async (_, broken) => {
    const folder = temp()
    const path = join(folder, 'result.json')
    await writeResult(path, fine)
    const error: unknown = await writeResult(path, huge, broken).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(LocalError)
    expect(error).toMatchObject({ hint: expect.any(String) })
    expect(readdirSync(folder)).toEqual(['result.json'])
    expect(readResult(path)).toEqual(stored(fine))
  })

  test('a link stays a link; a device stays a device', async () => {
    const folder = temp()
    writeFileSync(join(folder, 'real.json'), '')
    symlinkSync('real.json', join(folder, 'link.json'))
    symlinkSync('/dev/null', join(folder, 'null'))
    await writeResult(join(folder, 'link.json'), fine)
    await writeResult(join(folder, 'null'), fine)
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true)
    expect(readResult(join(folder, 'real.json'))).toEqual(stored(fine))
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(lstatSync(join(folder, 'null')).isSymbolicLink()).toBe(true)
  })
})

describe('ResultCheckpointer', () => {
  test('writes at once, then not again before the time, and the final result last', async () => {
    const path = join(temp(), 'result.json')
    const checkpointer = new ResultCheckpointer(path, { everyMs: 60_000 })
    let taken = 0
    const take = (): Result => {
      taken += 1
      return { ...fine, status: 'running' }
    }
    for (let i = 0; i < 5; i++) checkpointer.offer(take)
    await checkpointer.finish(fine)
    checkpointer.offer(take)
    expect(taken).toBe(1)
    expect(readResult(path).status).toBe('completed')
    expect(checkpointer.error).toBeUndefined()
  })

  /** Offers one a second, each of which takes the process so long; gives the seconds at which one was taken. */
  async function takenAt(seconds: number, costMs: (n: number) => number): Promise<number[]> {
    let time = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => time)
    onTestFinished(() => clock.mockRestore())
    // Nothing is written: only the moments count.
    const stat = () => Promise.reject(systemError('EACCES'))
    const checkpointer = new ResultCheckpointer('result.json', { disk: failing({ stat }) })
    const taken: number[] = []
    for (let second = 1; second <= seconds; second += 1) {
      // A timer is late by a millisecond or some.
      time = second * 1000 + ((second * 7) % 5)
      checkpointer.offer(() => {
        time += costMs(taken.push(second))
        return fine
      })
      await new Promise(setImmediate)
    }
    return taken
  }

  test('is often at it in the first minute, then every 5 s', async () => {
    const taken = await takenAt(80, () => 1)
    expect(taken.slice(0, 4)).toEqual([1, 3, 5, 7])
    expect(taken.slice(-5)).toEqual([59, 61, 66, 71, 76])
  })

  test('less often where making one takes its time; one slow one alone is chance', async () => {
    expect(await takenAt(60, (n) => (n === 3 ? 200 : 20))).toEqual([1, 3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 51, 55, 59])
    expect(await takenAt(60, () => 500)).toEqual([1, 3, 18, 33, 48])
  })

  test('never writes two at a time', async () => {
    const path = join(temp(), 'result.json')
    let writing = 0
    let most = 0
    let opened = 0
    const open = async (...given: Parameters<typeof disk.open>) => {
      opened += 1
      writing += 1
      most = Math.max(most, writing)
      return disk.open(...given)
    }
    const rename = async (from: Parameters<typeof disk.rename>[0], to: Parameters<typeof disk.rename>[1]) => {
      await disk.rename(from, to)
      writing -= 1
    }
    const checkpointer = new ResultCheckpointer(path, { everyMs: 0, maxShare: 1, disk: failing({ open, rename }) })
    for (let i = 0; i < 20; i++) {
      checkpointer.offer(() => fine)
      await new Promise(setImmediate)
    }
    await checkpointer.finish(fine)
    expect(most).toBe(1)
    expect(opened).toBeGreaterThan(1)
  })

  test('a failure is kept for the notes, and later ones are tried all the same', async () => {
    const path = join(temp(), 'result.json')
    let broken = true
    const open: typeof disk.open = (...given) => (broken ? Promise.reject(systemError('ENOSPC')) : disk.open(...given))
    const checkpointer = new ResultCheckpointer(path, { everyMs: 0, disk: failing({ open }) })
    checkpointer.offer(() => fine)
    await expect(checkpointer.finish(fine)).rejects.toBeInstanceOf(LocalError)
    expect(checkpointer.error).toMatchObject({ message: expect.stringContaining('ENOSPC') })
    broken = false
    await checkpointer.finish(fine)
    expect(readResult(path)).toEqual(stored(fine))
  })
})

describe('readResult', () => {
  test('lists of one and of several', async () => {
    const path = join(temp(), 'all.json')
    await writeResult(path, [fine])
    expect(readResult(path).scenarioName).toBe('support-chat')
    await writeResult(path, [fine, huge])
    expect(readResults(path)).toHaveLength(2)
    expect(thrownBy(() => readResult(path))).toMatchObject({ name: 'InputError', message: expect.stringContaining('2 results') })
    writeFileSync(path, '[]')
    expect(thrownBy(() => readResult(path))).toBeInstanceOf(InputError)
  })

  test('a run that was killed is told from one that ended', async () => {
    const folder = temp()
    await writeResult(join(folder, 'result.json'), { ...fine, status: 'running' })
    const result = readResult(folder)
    expect(result.status).toBe('running')
    expect(markIncomplete(result)).toMatchObject({ verdict: 'incomplete', reason: expect.stringContaining('killed') })
    expect(markIncomplete(fine)).toBe(fine)
  })

  test.each([
    ['empty', '', 'the file is empty'],
    ['torn', JSON.stringify(fine).slice(0, 5000), 'the file is torn'],
    ['foreign', '{"hello":1}', 'name the folder'],
    ['a number', '7', 'name the folder'],
    ['null in a list', '[null]', 'name the folder'],
    ['of a later format', JSON.stringify({ ...fine, schemaVersion: '2.0' }), 'the version of burn'],
    ['without its steps', JSON.stringify({ ...fine, steps: undefined }), 'was changed'],
  ])('a file that is %s', (_, text, hint) => {
    const path = join(temp(), 'result.json')
    writeFileSync(path, text)
    const error = thrownBy(() => readResult(path))
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test('nothing there', () => {
    const folder = temp()
    for (const path of [folder, join(folder, 'none'), join(folder, 'none', 'result.json')]) {
      expect(thrownBy(() => readResult(path))).toMatchObject({
        name: 'InputError',
        hint: 'name the folder of a run or its result.json',
      })
    }
  })

  test('a torn result is never read as a whole one, wherever it is cut', () => {
    const text = JSON.stringify(fine)
    const path = join(temp(), 'result.json')
    for (let size = 0; size < text.length; size += 37) {
      writeFileSync(path, text.slice(0, size))
      expect(thrownBy(() => readResult(path))).toBeInstanceOf(InputError)
    }
  })

  test.each([
    ['total.counts.ok', (r: Result) => ({ ...r, total: { ...r.total, counts: { ...r.total.counts, ok: '1' } } })],
    [
      'steps.0.checks.0.samples',
      (r: Result) => ({ ...r, steps: [{ ...r.steps[0], checks: [{ check: 'a', passed: 1, failed: 0 }] }] }),
    ],
    ['verdict', (r: Result) => ({ ...r, verdict: 'fine' })],
    [
      'total.distributions.ttft.percentiles.p50',
      (r: Result) => ({
        ...r,
        total: { ...r.total, distributions: { ttft: { ...r.total.distributions.ttft, percentiles: { p50: true } } } },
      }),
    ],
    ['warmup.tokens', (r: Result) => ({ ...r, warmup: { ...r.total, tokens: null } })],
    ['notes', (r: Result) => ({ ...r, notes: {} })],
  ])('names the part that does not fit: %s', (path, change) => {
    expect(misfitOfResult(stored(fine))).toBeUndefined()
    expect(misfitOfResult(JSON.parse(JSON.stringify(change(fine))))).toBe(path)
  })
})

describe('a folder with a journal and no result', () => {
  const redactor = new Redactor()

  function journalled(level: 'all' | 'errors'): string {
    const folder = temp()
    const journal = Journal.open(join(folder, 'sessions.jsonl'), { level: { kind: level }, header: HEADER, redactor })
    const failure = (n: number) => ({
      class: 'refused',
      phase: 'connect' as const,
      message: `connect ECONNREFUSED 127.0.0.1:${n}`,
    })
    // Two attempts are in flight all the while.
    const counts = { planned: 2, started: 2, ok: 0, failed: 0, cut: 0, dropped: 0, bytesSent: 0, bytesReceived: 0 }
    const ended = (over: Partial<JournalEntry>) => {
      for (const name of ['planned', 'started', over.outcome ?? 'ok'] as const) counts[name] += 1
      journal.write(entry({ ...over, soFar: { ...counts, windowMs: over.endedAtMs ?? 0 } }))
    }
    journal.write(entry({ outcome: 'failed', failure: failure(1), soFar: { ...counts, windowMs: 0 } })) // of a warm-up
    for (let i = 0; i < 5; i++) ended({ endedAtMs: i * 1000, step: i < 3 ? 'open' : 'more' })
    for (let i = 0; i < 3; i++) ended({ outcome: 'failed', failure: failure(4000 + i), endedAtMs: 6000 + i })
    ended({ outcome: 'cut', endedAtMs: 10_000 })
    journal.close()
    return folder
  }

  test('gives counts and errors, under INCOMPLETE', () => {
    const result = readResult(journalled('all'))
    expect(result).toMatchObject({
      status: 'running',
      verdict: 'incomplete',
      scenarioName: 'support-chat',
      runId: 'run-1',
      durationMs: 10_000,
    })
    expect(result.total.counts).toEqual({ planned: 11, started: 11, ok: 5, failed: 3, cut: 1, dropped: 0 })
    expect(result.total.values).toEqual({ errors: 3 / 8, rate: 0.5, started_rate: 1.1 })
    expect(result.steps.map((step) => [step.name, step.counts.ok])).toEqual([
      ['open', 3],
      ['more', 2],
    ])
    expect(result.errors).toMatchObject([
      { class: 'refused', count: 3, firstMs: 6000, lastMs: 6002, hint: expect.stringContaining('nothing listens') },
    ])
    // Whoever reads the journal need not be on the machine that ran it.
    expect(result.environment).toMatchObject({ burn: 'unknown', node: 'unknown', hostname: 'unknown' })
    expect(misfitOfResult(result)).toBeUndefined()
    expect(markIncomplete(result).reason).toBe('the run was killed before its first checkpoint; counted from sessions.jsonl')
  })

  test('a journal of failures alone counts the others too, as of its last line', () => {
    const result = readResult(journalled('errors'))
    expect(result.total.counts).toEqual({ planned: 10, started: 10, ok: 5, failed: 3, cut: 0, dropped: 0 })
    expect(result.total.values.errors).toBe(3 / 8)
    expect(result.errors).toMatchObject([{ class: 'refused', count: 3, firstMs: 6000 }])
    expect(result.steps).toEqual([])
    expect(result.notes).toContain("the journal's level was errors: nothing is known of the steps")
  })

  test('where no line says how many attempts there were, no report makes up a number', () => {
    const folder = temp()
    Journal.open(join(folder, 'sessions.jsonl'), { level: { kind: 'errors' }, header: HEADER, redactor }).close()
    const result = markIncomplete(readResult(folder))
    expect(result.notes).toContain('sessions.jsonl does not say how many attempts there were')
    const look = { color: false, unicode: false, width: 80 }
    const render = (format: 'console' | 'md' | 'junit') => reporters[format].render(result, look)
    expect(render('console')).toMatch(/attempts +not known: the run was killed[\s\S]*rate +- ok/)
    expect(render('md')).toContain('- attempts: not known: the run was killed')
    expect(render('junit')).toContain('tests="4" failures="0" errors="2"')
    for (const format of ['console', 'md', 'junit'] as const) expect(render(format)).not.toMatch(/0 planned|no attempt succeeded/)
  })

  test('a torn journal still counts', () => {
    const folder = journalled('all')
    const path = join(folder, 'sessions.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -50))
    const result = readResult(folder)
    expect(result.total.counts.started).toBe(10)
    expect(result.notes).toContain('the last line of the journal is torn and left out')
  })

  test('a journal of something else is refused', () => {
    const folder = temp()
    writeFileSync(join(folder, 'sessions.jsonl'), 'hello\n')
    expect(thrownBy(() => readResult(folder))).toBeInstanceOf(InputError)
  })
})

describe('openOutputs', () => {
  test('tries each path, leaves nothing, writes at the end', async () => {
    const folder = temp()
    writeFileSync(join(folder, 'old.xml'), 'old')
    const paths = [join(folder, 'new.json'), join(folder, 'old.xml')]
    const outputs = openOutputs(paths)
    expect(readdirSync(folder)).toEqual(['old.xml'])
    expect(readFileSync(join(folder, 'old.xml'), 'utf8')).toBe('old')
    for (const path of paths) await outputs.write(path, 'text')
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['text', 'text'])
    expect(readdirSync(folder).sort()).toEqual(['new.json', 'old.xml'])
  })

  test.each([
    ['a missing folder', (folder: string) => join(folder, 'none', 'a.json'), 'create it first'],
    ['a folder', (folder: string) => folder, 'a file was expected'],
    ['below a file', (folder: string) => join(folder, 'file', 'a.json'), 'not a folder'],
  ])('%s is refused', (_, pathIn, hint) => {
    const folder = temp()
    writeFileSync(join(folder, 'file'), '')
    const error = thrownBy(() => openOutputs([pathIn(folder)]))
    expect(error).toBeInstanceOf(LocalError)
    expect(error).toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test.runIf(existsSync('/proc/self'))('a system folder is refused', () => {
    expect(thrownBy(() => openOutputs(['/proc/self/a.json']))).toBeInstanceOf(LocalError)
  })

  test('one path twice is a mistake', () => {
    const folder = temp()
    mkdirSync(join(folder, 'x'))
    expect(thrownBy(() => openOutputs([join(folder, 'a'), join(folder, 'x', '..', 'a')]))).toBeInstanceOf(UsageError)
  })

  test('/dev/null and pipes can be written', async () => {
    const outputs = openOutputs(['/dev/null'])
    await outputs.write('/dev/null', 'text')
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  })
})
