import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import * as disk from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { LocalError } from '../../src/errors.ts'
import type { Pieces } from '../../src/pieces.ts'
import type { Result } from '../../src/result/schema.ts'
import type { AtomicFs } from '../../src/store/files/atomic.ts'
import { ResultCheckpointer, writeResult } from '../../src/store/result-file.ts'
import { RESULTS } from '../report/results.ts'
import { fine, huge, readBack, stored, temp } from './attempts.ts'
import { systemError } from './temp.ts'

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

/** What a terminal would obey: C1 controls, bidi overrides, invisible characters. */
const HIDDEN = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

describe('writeResult', () => {
  test.each(['at once', 'as a checkpoint'])(
    '%s, nothing in it acts on a terminal that shows the file, and its texts are what they were',
    async (how) => {
      const path = join(temp(), 'result.json')
      const text = 'a\u009b31m b\u202egnp.exe c\u2066d\u200e\x7f\ufeff \u2028'
      const hostile = { ...fine, notes: [text], tags: { [`user=${text}`]: fine.total } }
      const checkpointer = new ResultCheckpointer(path)
      if (how === 'at once') await writeResult(path, hostile)
      else {
        checkpointer.offer(() => inPieces(hostile))
        await vi.waitFor(() => expect(readBack(path)).toBeDefined())
      }
      expect(readFileSync(path, 'utf8')).not.toMatch(HIDDEN)
      expect(readBack(path)).toEqual(stored(hostile))
    },
  )

  test.each(Object.entries(RESULTS))('%s comes back as it was', async (_, result) => {
    const path = join(temp(), 'result.json')
    await writeResult(path, result)
    expect(readBack(path)).toEqual(stored(result))
  })

  test('replaces the old one and leaves nothing else', async () => {
    const folder = temp()
    await writeResult(join(folder, 'result.json'), huge)
    await writeResult(join(folder, 'result.json'), fine)
    expect(readdirSync(folder)).toEqual(['result.json'])
    expect(readBack(join(folder, 'result.json')).scenarioName).toBe('support-chat')
  })

  test('short writes are completed', async () => {
    const path = join(temp(), 'result.json')
    await writeResult(path, fine, shortWrites(1000))
    expect(readBack(path)).toEqual(stored(fine))
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
    expect(readBack(path)).toEqual(stored(fine))
  })

  test('a link stays a link; a device stays a device', async () => {
    const folder = temp()
    writeFileSync(join(folder, 'real.json'), '')
    symlinkSync('real.json', join(folder, 'link.json'))
    symlinkSync('/dev/null', join(folder, 'null'))
    await writeResult(join(folder, 'link.json'), fine)
    await writeResult(join(folder, 'null'), fine)
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true)
    expect(readBack(join(folder, 'real.json'))).toEqual(stored(fine))
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(lstatSync(join(folder, 'null')).isSymbolicLink()).toBe(true)
  })
})

/** A result that is made in two pieces, each of which is enough for one turn of the event loop. */
function* inPieces(result: Result): Pieces<Result> {
  yield 100_000
  return result
}

describe('ResultCheckpointer', () => {
  test('writes at once, then not again before the time, and the final result last', async () => {
    const path = join(temp(), 'result.json')
    const checkpointer = new ResultCheckpointer(path, { everyMs: 60_000 })
    let taken = 0
    const take = () => {
      taken += 1
      return inPieces({ ...fine, status: 'running' })
    }
    for (let i = 0; i < 5; i++) checkpointer.offer(take)
    await checkpointer.finish(fine)
    checkpointer.offer(take)
    expect(taken).toBe(1)
    expect(readBack(path).status).toBe('completed')
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
      checkpointer.offer(function* () {
        time += costMs(taken.push(second))
        yield 1
        return fine
      })
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
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
    for (let i = 0; opened < 3 && i < 5000; i++) {
      checkpointer.offer(() => inPieces(fine))
      await new Promise(setImmediate)
    }
    await checkpointer.finish(fine)
    expect(most).toBe(1)
    expect(opened).toBeGreaterThan(1)
  })

  test('writes nothing when the making of a checkpoint is ended', async () => {
    const folder = temp()
    const checkpointer = new ResultCheckpointer(join(folder, 'result.json'))
    const work: Pieces<Result | undefined> = inPieces(fine)
    checkpointer.offer(() => work)
    await new Promise(setImmediate)
    work.return(undefined)
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    expect([readdirSync(folder), checkpointer.error]).toEqual([[], undefined])
  })

  test('a failure is kept for the notes, and later ones are tried all the same', async () => {
    const path = join(temp(), 'result.json')
    let broken = true
    const open: typeof disk.open = (...given) => (broken ? Promise.reject(systemError('ENOSPC')) : disk.open(...given))
    const checkpointer = new ResultCheckpointer(path, { everyMs: 0, disk: failing({ open }) })
    checkpointer.offer(() => inPieces(fine))
    await expect(checkpointer.finish(fine)).rejects.toBeInstanceOf(LocalError)
    expect(checkpointer.error).toMatchObject({ message: expect.stringContaining('ENOSPC') })
    broken = false
    await checkpointer.finish(fine)
    expect(readBack(path)).toEqual(stored(fine))
  })
})
