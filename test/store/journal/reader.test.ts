import * as fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import { readJournal } from '../../../src/store/journal/reader.ts'
import { ALL_CASES } from '../../support/share.ts'
import { entry } from '../entries.ts'
import { thrownBy } from '../temp.ts'
import { entriesIn, open, temp } from './attempts.ts'

describe('readJournal', () => {
  test('cut at every byte of the last three records, it gives all whole ones before', () => {
    const { path, journal } = open()
    for (let i = 0; i < 6; i++) journal.write(entry({ iteration: i, reply: 'é😀\n"' }))
    journal.close()
    const bytes = fs.readFileSync(path)
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at)
    const cutPath = join(temp(), 'cut.jsonl')
    for (let size = (ends[3] ?? 0) + 1; size <= bytes.length; size += ALL_CASES ? 1 : 7) {
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
