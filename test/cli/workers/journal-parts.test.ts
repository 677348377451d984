import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foldJournals } from '../../../src/cli/workers/journal-parts.ts'
import { dirWith } from '../../data/files.ts'

const lines = (worker: number, ...ends: number[]) =>
  [{ journal: '1.0', worker }, ...ends.map((endedAtMs) => ({ worker, endedAtMs }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')

async function folded(files: Record<string, string>): Promise<{ text: string; left: string[] }> {
  const dir = dirWith(files)
  await foldJournals(join(dir, 's.jsonl'), [join(dir, 's.worker-2.jsonl'), join(dir, 's.worker-3.jsonl')])
  return { text: readFileSync(join(dir, 's.jsonl'), 'utf8'), left: readdirSync(dir) }
}

test('lines of all parts follow in the order of time, under one header', async () => {
  const { text, left } = await folded({
    's.jsonl': lines(1, 5, 9),
    's.worker-2.jsonl': lines(2, 1, 7, 9.5),
    's.worker-3.jsonl': lines(3),
  })
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.map(({ worker, endedAtMs }) => [worker, endedAtMs])).toEqual([
    [1, undefined],
    [2, 1],
    [1, 5],
    [2, 7],
    [1, 9],
    [2, 9.5],
  ])
  expect(left).toEqual(['s.jsonl'])
})

test('the half line that a killed worker has left is dropped', async () => {
  const { text } = await folded({ 's.jsonl': lines(1, 3), 's.worker-2.jsonl': `${lines(2, 1)}{"worker":2,"endedA` })
  expect(text).toBe(`${lines(1).trimEnd()}\n{"worker":2,"endedAtMs":1}\n{"worker":1,"endedAtMs":3}\n`)
})

test('a journal without parts stays as it is', async () => {
  const { text } = await folded({ 's.jsonl': lines(1, 2) })
  expect(text).toBe(lines(1, 2))
})
