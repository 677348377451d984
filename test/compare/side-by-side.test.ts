import { expect, test } from 'vitest'
import { pairByNumber, pairByTime, settledBlocks } from '../../src/compare/side-by-side.ts'
import { type MeasuredBlock, NO_BLOCK_COUNTS } from '../../src/metrics/groups/blocks.ts'

const block = (second: number, seconds: number, ok: number): MeasuredBlock => ({
  ...{ atMs: second * 1000, lengthMs: seconds * 1000, latencies: {} },
  counts: { ...NO_BLOCK_COUNTS, ok },
})
const blocks = (count: number, seconds: number, ok: number) =>
  Array.from({ length: count }, (_, i) => block(i * seconds, seconds, ok))
const shape = (side: readonly MeasuredBlock[]) =>
  side.map(({ atMs, lengthMs, counts }) => [atMs / 1000, lengthMs / 1000, counts.ok])

test('blocks of two lengths are joined to the longer ones', () => {
  const { a, b } = pairByTime(blocks(8, 1, 30), blocks(4, 2, 70))
  expect(shape(a)).toEqual([0, 2, 4, 6].map((at) => [at, 2, 60]))
  expect(shape(b)).toEqual([0, 2, 4, 6].map((at) => [at, 2, 70]))
})

test('what only one side has is left out', () => {
  const { a, b } = pairByTime(blocks(5, 1, 30), blocks(8, 1, 30).slice(1))
  expect(shape(a)).toEqual([1, 2, 3, 4].map((at) => [at, 1, 30]))
  expect(shape(b)).toEqual(shape(a))
})

test('neighbours are joined until both sides have 25 attempts, the rest with the last', () => {
  const { a, b } = pairByTime(blocks(7, 1, 10), blocks(7, 1, 40))
  expect(shape(a)).toEqual([
    [0, 3, 30],
    [3, 4, 40],
  ])
  expect(b.map(({ counts }) => counts.ok)).toEqual([120, 160])
})

test('too few attempts make one block', () => {
  expect(shape(pairByTime(blocks(3, 1, 5), blocks(3, 1, 5)).a)).toEqual([[0, 3, 15]])
  expect(pairByTime([], blocks(3, 1, 5))).toEqual({ a: [], b: [] })
})

test('runs one after the other are paired by the number of the block', () => {
  const later = blocks(4, 1, 30).map((one) => ({ ...one, atMs: one.atMs + 90_000 }))
  expect(pairByNumber(blocks(5, 1, 30), later).b.map(({ atMs }) => atMs)).toEqual([90_000, 91_000, 92_000, 93_000])
})

test('the first tenth is left out, and never more than 30 s', () => {
  expect(settledBlocks(blocks(40, 1, 1))[0]?.atMs).toBe(4000)
  expect(settledBlocks(blocks(40, 32, 1))[0]?.atMs).toBe(32_000)
  expect(settledBlocks([])).toEqual([])
})
