/** Reading a journal from its end, and while it grows. */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { JournalTail, type LinePlace, linesAt } from '../../src/store/journal/tail.ts'
import { tempFolders } from './temp.ts'

const folder = tempFolders()
const everything = (line: string) => line !== ''
/** Short enough for a message. */
const marks = (lines: Iterable<string>) => Array.from(lines, (line) => `${line.slice(0, 4)}:${line.length}`)

/** A journal of these lines; the last one as it is. */
function journal(...lines: readonly string[]) {
  const path = join(folder(), 'j.jsonl')
  writeFileSync(path, lines.join('\n'))
  return { path, tail: new JournalTail(path) }
}

/** Lines of 1 to 700 KB: many in a chunk, some over two or three of them. */
const LINES = Array.from({ length: 60 }, (_, n) => JSON.stringify([n, 'ü'.repeat(n % 9 === 0 ? 350_000 : 500 * n)]))

describe('toLast', () => {
  test.each([0, 1, 2, 10, 37, 60, 61])('%d lines, wherever chunks end', (count) => {
    const { tail } = journal(...LINES, '')
    tail.toLast(count, everything)
    expect(marks(tail.fresh())).toEqual(marks(LINES.slice(Math.max(0, LINES.length - count))))
  })

  test('counts what is wanted, gives what lies between', () => {
    const { tail } = journal('1', '2', '3', '4', '5', '')
    tail.toLast(2, (line) => line === '2' || line === '4')
    expect([...tail.fresh()]).toEqual(['2', '3', '4', '5'])
  })

  test('0 begins after the last whole line', () => {
    const { path, tail } = journal('1', '"tor')
    tail.toLast(0, everything)
    appendFileSync(path, 'n"\n3\n')
    expect([...tail.fresh()]).toEqual(['"torn"', '3'])
  })
})

describe('fresh', () => {
  test('no file yet, then each line once, however it comes', () => {
    const path = join(folder(), 'j.jsonl')
    const tail = new JournalTail(path)
    const seen: string[][] = []
    for (const piece of ['', '1\n', '', '2\n"a', 'b', '"\n4', '\n']) {
      seen.push([...tail.fresh()])
      appendFileSync(path, piece)
    }
    seen.push([...tail.fresh()])
    expect(seen).toEqual([[], [], ['1'], [], ['2'], [], ['"ab"'], ['4']])
  })

  test('a walk that was left goes on with the line after', () => {
    const { tail } = journal('1', '2', '3', '')
    for (const line of tail.fresh()) if (line === '2') break
    expect([...tail.fresh()]).toEqual(['3'])
  })

  test.each([
    ['whole all the same', '[2]', ['1', '[2]'], false],
    ['torn', '[2', ['1'], true],
    ['not there', '', ['1'], false],
  ])('the rest is %s', (_, last, lines, torn) => {
    const { tail } = journal('1', last)
    expect([...tail.fresh({ rest: true })]).toEqual(lines)
    expect(tail.torn).toBe(torn)
  })

  test('the places of the lines: they are read again in any order', () => {
    const { tail, path } = journal('1', 'ü', 'x'.repeat(300_000), '', '"last"')
    const lines: string[] = []
    const places: LinePlace[] = []
    for (const line of tail.fresh({ rest: true })) {
      lines.push(line)
      places.push(tail.place)
    }
    expect(lines).toHaveLength(5)
    expect(linesAt(path, places)).toEqual(lines)
    expect(linesAt(path, places.toReversed())).toEqual(lines.toReversed())
  })

  test('the places of lines that were read as they came', () => {
    const path = join(folder(), 'j.jsonl')
    const tail = new JournalTail(path)
    const places: LinePlace[] = []
    for (const piece of ['1\n"t', 'wo"', '\n3', '\n']) {
      appendFileSync(path, piece)
      for (const _ of tail.fresh()) places.push(tail.place)
    }
    expect(linesAt(path, places)).toEqual(['1', '"two"', '3'])
  })

  test('a line of 17 MB is none of a journal, from either side', () => {
    const { tail, path } = journal('1', 'x'.repeat(17 * 1024 * 1024), '3', '')
    expect([...tail.fresh()]).toEqual(['1', '3'])
    const other = new JournalTail(path)
    other.toLast(2, (line) => line !== '')
    expect([...other.fresh()]).toEqual(['1', '3'])
  })

  test('another file in its place is read from its beginning', () => {
    const { path, tail } = journal('1', '2', '')
    expect([...tail.fresh()]).toEqual(['1', '2'])
    writeFileSync(`${path}.new`, '7\n8\n9\n')
    renameSync(`${path}.new`, path)
    expect([...tail.fresh()]).toEqual(['7', '8', '9'])
  })
})
