import { expect, test } from 'vitest'
import {
  MAX_TAG_GROUPS,
  MAX_TAG_LENGTH,
  MAX_TAG_VALUES,
  normaliseTagValue,
  TagRegistry,
} from '../../src/metrics/groups/tag-registry.ts'
import { Recorder, type RunDimensions } from '../../src/metrics/recorder.ts'
import { okExchange } from './exchanges.ts'

const valuesOf = (book: TagRegistry, name: string, count: number) =>
  Array.from({ length: count }, (_, i) => book.of([[name, `v${i}`]]).values[name])

test('the first 50 values of a tag are told apart, the rest is one', () => {
  const book = new TagRegistry([])
  const values = valuesOf(book, 'tier', 120)
  expect(new Set(values).size).toBe(MAX_TAG_VALUES + 1)
  expect(values.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => `v${i}`))
  expect(new Set(values.slice(50))).toEqual(new Set(['(other)']))
  expect(book.of([['tier', 'v49']]).values).toEqual({ tier: 'v49' })
})

test('all tags together have a bound as well', () => {
  const book = new TagRegistry([])
  const kept = ['a', 'b', 'c'].flatMap((name) => valuesOf(book, name, 60)).filter((value) => value !== '(other)')
  expect(kept).toHaveLength(MAX_TAG_GROUPS)
})

test('a value that a threshold names is told apart however late it comes', () => {
  const book = new TagRegistry([{ tier: 'gold', step: 'open' }])
  valuesOf(book, 'tier', 200)
  expect(book.of([['tier', 'gold']])).toMatchObject({ values: { tier: 'gold' }, folded: [] })
  expect(book.of([['tier', 'late']])).toMatchObject({ values: { tier: '(other)' }, folded: ['tier'] })
})

test('the same tags give the same set, and folded ones share one', () => {
  const book = new TagRegistry([])
  const first = book.of([['a', '1'], ['b', '2']]) // biome-ignore format: pairs
  expect(book.of([['a', '1'], ['b', '2']])).toBe(first) // biome-ignore format: pairs
  valuesOf(book, 'tier', 60)
  expect(book.of([['tier', 'x']])).toBe(book.of([['tier', 'y']]))
})

test.each([
  ['', '(none)'],
  ['gold', 'gold'],
  ['x'.repeat(100), 'x'.repeat(100)],
  ['x'.repeat(101), `${'x'.repeat(MAX_TAG_LENGTH - 1)}…`],
  ['a\ud800', 'a\ufffd'],
])('%j is filed as %j', (value, filed) => {
  expect(normaliseTagValue(value)).toBe(filed)
})

const DIMENSIONS: RunDimensions = {
  steps: [{ name: 'open', kind: 'message', checks: [], flow: undefined }],
  phases: [
    { name: 'warm', warmup: true, setupOrTeardown: false },
    { name: 'main', warmup: false, setupOrTeardown: false },
  ],
  targets: ['target'],
  groups: [],
  selectors: [{ tier: 'gold' }, { tier: 'gold', step: 'open' }, { tier: 'silver' }],
}

test('an attempt counts in the slice of each of its tags, and in what thresholds select by them', () => {
  const recorder = new Recorder(DIMENSIONS)
  const dimensions = { step: 0, phase: 1, target: 0, group: 0 }
  const gold = recorder.tags.of([['tier', 'gold'], ['region', 'eu']]) // biome-ignore format: pairs
  for (const tags of [gold, gold, recorder.tags.of([['tier', 'tin']]), undefined]) {
    recorder.started({ ...dimensions, tags }, 0)
    recorder.settled(okExchange({ ended: 5 }), { ...dimensions, tags }, [], true)
  }
  expect([...recorder.tagged].map(([tag, series]) => [tag, series.counts.ok])).toEqual([
    ['tier=gold', 2],
    ['region=eu', 2],
    ['tier=tin', 1],
  ])
  expect(recorder.selected.map((series) => series.counts.ok)).toEqual([2, 2, 0])
  expect(recorder.total.counts.ok).toBe(4)
  expect(recorder.tags.folded).toEqual(new Map())
})

test('whatever the values are, slices stay few, nothing is lost, and what was folded is counted', () => {
  const recorder = new Recorder(DIMENSIONS)
  for (let i = 0; i < 5000; i += 1) {
    const tags = recorder.tags.of([['a', `${i}`], ['b', `${i % 7}`], ['c', `${i * 31}`]]) // biome-ignore format: pairs
    recorder.started({ step: 0, phase: 1, target: 0, group: 0, tags }, 0)
  }
  expect(recorder.tagged.size).toBeLessThanOrEqual(MAX_TAG_GROUPS + 3)
  for (const name of ['a', 'b', 'c']) {
    const slices = [...recorder.tagged].filter(([tag]) => tag.startsWith(`${name}=`))
    expect(slices.reduce((sum, [, series]) => sum + series.counts.started, 0)).toBe(5000)
  }
  expect(recorder.tags.folded.get('a')).toBe(4953)
  expect(recorder.tags.folded.get('b')).toBeUndefined()
})
