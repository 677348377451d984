import { expect, test } from 'vitest'
import {
  intoBlocks,
  joined,
  type MeasuredBlock,
  NO_BLOCK_COUNTS,
  readBlock,
  storedBlock,
} from '../../../src/metrics/groups/blocks.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { sparsePercentiles } from '../../../src/metrics/histogram/sparse.ts'

/** The second `at` of a run, with one attempt of so many ms. */
function second(at: number, ms: number): MeasuredBlock {
  const histogram = new Histogram('ms')
  histogram.record(ms)
  return { atMs: at * 1000 + 0.3, lengthMs: 1000, counts: { ...NO_BLOCK_COUNTS, ok: 1 }, latencies: { ttft: histogram.sparse() } }
}

const run = (seconds: number, from = 0) => Array.from({ length: seconds }, (_, i) => second(from + i, i))

test.each([
  [8, 8],
  [40, 40],
  [41, 21],
  [80, 40],
  [3600, 29],
])('a run of %d s has %d blocks', (seconds, blocks) => {
  const made = intoBlocks(run(seconds))
  expect(made).toHaveLength(blocks)
  expect(made.reduce((sum, { counts }) => sum + counts.ok, 0)).toBe(seconds)
})

test('blocks of runs that are measured from different moments on begin at the same ones', () => {
  const from = (start: number) => intoBlocks(run(60 - start, start)).map(({ atMs }) => Math.round(atMs / 1000))
  expect(from(5).slice(1)).toEqual(from(0).slice(3))
})

test('a joined block has the samples of both', () => {
  const { lengthMs, counts, latencies } = joined(second(4, 10), { ...second(5, 30), lengthMs: 900 })
  expect({ lengthMs, counts }).toEqual({ lengthMs: 1900, counts: { ...NO_BLOCK_COUNTS, ok: 2 } })
  expect(latencies.ttft && sparsePercentiles(latencies.ttft, [0, 100]).map(Math.round)).toEqual([10, 30])
})

test('a block is read as it was stored', () => {
  const [block] = intoBlocks([joined(second(4, 10), second(5, 30))])
  const stored = block && storedBlock(block)
  const read = stored && readBlock(stored)
  expect(read?.counts).toEqual(block?.counts)
  expect(read?.latencies.ttft?.pairs).toEqual(block?.latencies.ttft?.pairs)
})
