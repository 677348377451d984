/** Every field of a result has a rule: what several parts hold is in what is made of them. */
import { expect, test } from 'vitest'
import { mergeResults } from '../../src/merge/merge.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import type { Result } from '../../src/result/schema.ts'
import { FULL } from '../result/full.ts'

/** Of a merged result: what only parts have, and what is not asked of it. */
const NOT_OF_THE_WHOLE = ['shardData', 'baseline', 'shard', 'files', 'validity.reasons', 'phases.0.arrivals.distance']
/** What follows from the figures, which here are of no run. */
const OF_FIGURES = ['blocks', 'energy', 'thresholds', 'shards.missing']

/** The path of every key that a value has, in entries of lists and maps as well. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`
    return [at, ...pathsIn(inner, at)]
  })
}

/** Rows of the timeline show the latencies that their seconds hold. */
const isLatency = (path: string) => /^timeline\.\d+\.latencies/.test(path)
const isAbout = (path: string, names: readonly string[]) => names.some((name) => path === name || path.startsWith(`${name}.`))

function part(index: number): Result {
  const [one] = FULL.shardData?.parts ?? []
  if (!one) throw new Error('FULL has a part')
  return {
    ...FULL,
    status: 'completed',
    exitCode: 0,
    exitCodes: [],
    shard: { index, of: 2 },
    shardData: { ...FULL.shardData, parts: [{ ...one, index }] },
  }
}

test('no field is lost', () => {
  const merged = mergeResults([part(0), part(1)])
  expect(misfitOfResult(merged)).toBeUndefined()
  const lost = pathsIn(FULL).filter(
    (path) => !isAbout(path, [...NOT_OF_THE_WHOLE, ...OF_FIGURES]) && !isLatency(path) && !pathsIn(merged).includes(path),
  )
  expect(lost).toEqual([])
})
