import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { DataError, openTable } from '../../src/data/index.ts'
import { feeder, folder, take } from './files.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function dirWith(files: Record<string, string | Uint8Array>): string {
  const { dir, cleanup } = folder(files)
  cleanups.push(cleanup)
  return dir
}

const csv = (count: number): string => `n\n${Array.from({ length: count }, (_, index) => index).join('\n')}\n`
const ns = (rows: readonly Readonly<Record<string, unknown>>[]): number[] => rows.map((row) => Number(row.n))
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)

/** The same rows in the three formats. */
const threeFormats = (count: number) => {
  const maps = upTo(count).map((n) => ({ n: String(n) }))
  return {
    'd.csv': csv(count),
    'd.json': JSON.stringify(maps),
    'd.jsonl': maps.map((map) => `${JSON.stringify(map)}\n`).join('\n'),
  }
}

test.each(['d.csv', 'd.json', 'd.jsonl'])('%s: each way of picking', async (file) => {
  const dir = dirWith(threeFormats(5))
  expect(ns(take(await feeder(dir, { file }), 12))).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
  expect(ns(take(await feeder(dir, { file, onEnd: 'stop' }), 12))).toEqual([0, 1, 2, 3, 4])
  const unique = await feeder(dir, { file, pick: 'unique' })
  expect(ns(take(unique, 12))).toEqual([0, 1, 2, 3, 4])
  expect([unique.exhausted, unique.onEnd, unique.next(0)]).toEqual([`every row of ${file} was used once`, 'fail', undefined])
  const shuffled = ns(take(await feeder(dir, { file, pick: 'shuffle' }), 15))
  for (const start of [0, 5, 10]) expect(sorted(shuffled.slice(start, start + 5))).toEqual(upTo(5))
  expect(ns(take(await feeder(dir, { file, pick: 'shuffle', onEnd: 'stop' }), 15))).toEqual(shuffled.slice(0, 5))
  expect(new Set(ns(take(await feeder(dir, { file, pick: 'random' }), 200)))).toEqual(new Set(upTo(5)))
})

test('the seed decides, and nothing else', async () => {
  const dir = dirWith({ 'd.csv': csv(1000) })
  for (const pick of ['random', 'shuffle'] as const) {
    const draw = async (seed: string) => ns(take(await feeder(dir, { file: 'd.csv', pick }, { seed }), 50))
    expect(await draw('a')).toEqual(await draw('a'))
    expect(await draw('a')).not.toEqual(await draw('b'))
  }
})

test('a shuffle takes every row of a large table before it takes one again', async () => {
  const dir = dirWith({ 'd.csv': csv(1000) })
  const rows = ns(take(await feeder(dir, { file: 'd.csv', pick: 'shuffle' }), 2000))
  expect(sorted(rows.slice(0, 1000))).toEqual(upTo(1000))
  expect(sorted(rows.slice(1000))).toEqual(upTo(1000))
  expect(rows.slice(0, 1000)).not.toEqual(rows.slice(1000))
  expect(rows.slice(0, 1000)).not.toEqual(upTo(1000))
})

test.each([1, 2, 3, 7, 30])('unique over %i shards: row mod n = i, disjoint and complete', async (of) => {
  const dir = dirWith({ 'd.csv': csv(23) })
  const shards = await Promise.all(
    upTo(of).map(async (index) => ns(take(await feeder(dir, { file: 'd.csv', pick: 'unique' }, { shard: { index, of } }), 100))),
  )
  for (const [index, rows] of shards.entries()) expect(rows).toEqual(upTo(23).filter((row) => row % of === index))
  expect(sorted(shards.flat())).toEqual(upTo(23))
})

test.each(['sequence', 'random', 'shuffle'] as const)('%s: the shards together draw what one process draws', async (pick) => {
  const dir = dirWith({ 'd.csv': csv(10) })
  const alone = ns(take(await feeder(dir, { file: 'd.csv', pick }), 36))
  const shards = await Promise.all(
    [0, 1, 2].map(async (index) => ns(take(await feeder(dir, { file: 'd.csv', pick }, { shard: { index, of: 3 } }), 12))),
  )
  expect(upTo(36).map((draw) => shards[draw % 3]?.[Math.floor(draw / 3)])).toEqual(alone)
})

test('pick: user gives each user its own row, and says when there are too few', async () => {
  const dir = dirWith({ 'd.csv': csv(2) })
  const own = await feeder(dir, { file: 'd.csv', pick: 'user' })
  expect([own.next(1), own.next(0), own.next(1)]).toEqual([{ n: '1' }, { n: '0' }, { n: '1' }])
  expect([own.next(2), own.exhausted, own.onEnd]).toEqual([undefined, 'd.csv has 2 rows, and there is a user number 3', 'fail'])
  expect((await feeder(dir, { file: 'd.csv', pick: 'user', onEnd: 'wrap' })).next(3)).toEqual({ n: '1' })
})

test('JSON keeps types; what cannot be kept is refused', async () => {
  const dir = dirWith({
    'd.jsonl': '{"id": 7, "tags": ["a"], "address": {"city": "Oslo"}, "vip": true, "none": null}\n',
    'long.jsonl': '{"id": 1}\n\n{"id": 12345678901234567890}\n',
    'broken.jsonl': '{"id": 1}\n{"password": "hunter2hunter2", x}\n',
    'list.jsonl': '[1]\n',
    'object.json': '{"a": 1}',
    'scalars.json': '[{"a": 1}, 5]',
    'none.json': '[]',
  })
  expect((await feeder(dir, { file: 'd.jsonl' })).next(0)).toEqual({
    id: 7,
    tags: ['a'],
    address: { city: 'Oslo' },
    vip: true,
    none: null,
  })
  const long = await feeder(dir, { file: 'long.jsonl' })
  long.next(0)
  expect(() => long.next(0)).toThrow('long.jsonl:3: the number 12345678901234567000 would lose digits')
  const broken = await feeder(dir, { file: 'broken.jsonl' })
  broken.next(0)
  expect(() => broken.next(0)).toThrow(/^broken\.jsonl:2: this is not JSON: (?!.*hunter)/)
  const list = await feeder(dir, { file: 'list.jsonl' })
  expect(() => list.next(0)).toThrow('list.jsonl:1: a row must be a map')
  await expect(feeder(dir, { file: 'object.json' })).rejects.toThrow('object.json: a JSON file must hold a list of maps')
  await expect(feeder(dir, { file: 'scalars.json' })).rejects.toThrow('scalars.json: row 2: a row must be a map')
  await expect(feeder(dir, { file: 'none.json' })).rejects.toThrow('none.json: there are no rows in the file')
})

test('files outside of the folder are not opened, by whatever way', async () => {
  const dir = dirWith({ 'secret.csv': 'a\n1\n', 'inside/ok.csv': 'a\n1\n' })
  const root = join(dir, 'inside')
  symlinkSync(join(dir, 'secret.csv'), join(root, 'link.csv'))
  symlinkSync(join(root, 'ok.csv'), join(root, 'good.csv'))
  mkdirSync(join(root, 'folder.csv'))
  for (const file of ['../secret.csv', join(dir, 'secret.csv'), 'link.csv']) {
    await expect(feeder(root, { file })).rejects.toThrow(`${file}: the file is outside of the folder of the scenario`)
  }
  await expect(feeder(root, { file: 'absent.csv' })).rejects.toThrow('absent.csv: there is no such file')
  await expect(feeder(root, { file: 'folder.csv' })).rejects.toThrow('folder.csv: this is not a file')
  for (const file of ['ok.csv', './ok.csv', join(root, 'ok.csv'), 'good.csv']) {
    expect((await feeder(root, { file })).next(0)).toEqual({ a: '1' })
  }
})

test('a file that grows during the run is read as it was; one that shrinks is an error', async () => {
  const dir = dirWith({ 'd.csv': csv(200_000) })
  const path = join(dir, 'd.csv')
  const reading = await feeder(dir, { file: 'd.csv', pick: 'unique' })
  appendFileSync(path, 'extra\n')
  expect(take(reading, 300_000)).toHaveLength(200_000)
  const cut = await feeder(dir, { file: 'd.csv' })
  truncateSync(path, 10)
  expect(() => take(cut, 300_000)).toThrow('d.csv: the file was changed while it was in use')
  expect(() => take(cut, 300_000)).toThrow(DataError)
})

test('a large table is read row by row, and sees that its file was rewritten', async () => {
  const line = (index: number): string => `${index},"${'x'.repeat(60)}\n""${index}"""`
  const dir = dirWith({ 'd.csv': `n,text\n${upTo(80_000).map(line).join('\n\n')}\n` })
  const table = await openTable({ file: 'd.csv' }, { baseDir: dir })
  expect(table.count).toBe(80_000)
  for (const index of [0, 1, 4095, 4096, 41_234, 79_999]) {
    expect(table.row(index)).toEqual({ n: String(index), text: `${'x'.repeat(60)}\n"${index}"` })
  }
  expect(() => table.row(80_000)).toThrow(RangeError)
  writeFileSync(join(dir, 'd.csv'), `${'x,'.repeat(4_000_000)}\n`)
  expect(() => table.row(500)).toThrow(DataError)
  table.close()
})
