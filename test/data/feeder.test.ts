import { expect, test } from 'vitest'
import { csv, ns, sorted, upTo } from './drawn.ts'
import { dirWith, feeder, take } from './files.ts'

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

test.each([1, 2, 3, 7, 30])('unique over %i shards: row mod n = i, disjoint and complete', async (count) => {
  const dir = dirWith({ 'd.csv': csv(23) })
  const shards = await Promise.all(
    upTo(count).map(async (index) =>
      ns(take(await feeder(dir, { file: 'd.csv', pick: 'unique' }, { share: { index, count } }), 100)),
    ),
  )
  for (const [index, rows] of shards.entries()) expect(rows).toEqual(upTo(23).filter((row) => row % count === index))
  expect(sorted(shards.flat())).toEqual(upTo(23))
})

test.each(['sequence', 'random', 'shuffle'] as const)('%s: the shards together draw what one process draws', async (pick) => {
  const dir = dirWith({ 'd.csv': csv(10) })
  const alone = ns(take(await feeder(dir, { file: 'd.csv', pick }), 36))
  const shards = await Promise.all(
    [0, 1, 2].map(async (index) => ns(take(await feeder(dir, { file: 'd.csv', pick }, { share: { index, count: 3 } }), 12))),
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
