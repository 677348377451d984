/** Failures that come together are a burst; those that come one by one at the run's rate are none. */
import { describe, expect, test } from 'vitest'
import { burstLength, FailureRows, failureWindows } from '../../src/anomalies/error-bursts.ts'
import { createRandom } from '../../src/random.ts'

/** The rows of outcomes such as `..xxx.`, an attempt each second. */
function rowsOf(outcomes: string) {
  const rows = new FailureRows()
  for (const [at, outcome] of [...outcomes].entries()) rows.add(outcome === 'x', at * 1000)
  return rows.soFar()
}

describe('failures in a row', () => {
  test.each<[string, readonly number[]]>([
    ['..x.xx.x', []],
    ['.xxx.', [3]],
    ['xxxx..xxx', [4, 3]],
    ['xxx', [3]],
    ['', []],
  ])('%s has rows of %j', (outcomes, lengths) => {
    expect(rowsOf(outcomes).map(({ length }) => length)).toEqual(lengths)
  })

  test('are known with their moments, and asking does not end the last one', () => {
    const rows = new FailureRows()
    for (let at = 0; at < 3; at += 1) rows.add(true, at)
    expect(rows.soFar()).toEqual([{ length: 3, firstAt: 0, lastAt: 2 }])
    rows.add(true, 3)
    expect(rows.soFar()).toEqual([{ length: 4, firstAt: 0, lastAt: 3 }])
  })

  test.each([
    [10, 1000, 3],
    [3, 1000, 3],
    [50, 1000, 5],
    [20_000, 1_000_000, 6],
    [4000, 100_000, 6],
    [60, 1000, 5],
    [500, 1000, 20],
    [1000, 1000, Number.POSITIVE_INFINITY],
    [0, 0, 3],
  ])('with %i of %i failed, %f in a row are a burst', (failed, ended, length) => {
    expect(burstLength(failed, ended)).toBe(length)
  })

  test('that fail independently are called a burst in hardly any run', () => {
    let bursts = 0
    for (let seed = 0; seed < 300; seed += 1) {
      for (const rate of [0.005, 0.01, 0.08, 0.3, 0.6]) {
        const random = createRandom(`${seed}`, `rate ${rate}`)
        const rows = new FailureRows()
        let failed = 0
        for (let i = 0; i < 1000; i += 1) {
          const fails = random.next() < rate
          if (fails) failed += 1
          rows.add(fails, i)
        }
        if (rows.soFar().some(({ length }) => length >= burstLength(failed, 1000))) bursts += 1
      }
    }
    expect(bursts / 1500).toBeLessThan(0.005)
  })
})

test.each([
  [1_000_000, 0.02, 3],
  [100_000, 0.04, 20],
  [100_000, 0.003, 20],
])('of %i attempts of which %f fail independently, none are a burst in any of %i runs', (ended, rate, runs) => {
  for (let seed = 0; seed < runs; seed += 1) {
    const random = createRandom(`${seed}`, `many ${rate}`)
    const rows = new FailureRows()
    let failed = 0
    for (let i = 0; i < ended; i += 1) {
      const fails = random.next() < rate
      if (fails) failed += 1
      rows.add(fails, i)
    }
    expect(rows.soFar().filter(({ length }) => length >= burstLength(failed, ended))).toEqual([])
  }
})

describe('failures close together', () => {
  const second = (atMs: number, ok: number, failed: number) => ({ atMs, lengthMs: 1000, ok, failed })

  test('with far more failures than the rate of the run', () => {
    const rows = Array.from({ length: 60 }, (_, at) => second(at * 1000, 20, at >= 30 && at < 34 ? 5 : 0))
    expect(failureWindows(rows)).toEqual([{ atMs: 30_000, lengthMs: 10_000, ok: 200, failed: 20 }])
  })

  test('are found in a window of ten seconds where no second stands out by itself', () => {
    const rows = Array.from({ length: 60 }, (_, at) => second(at * 1000, 20, at >= 30 && at < 38 ? 1 : 0))
    expect(failureWindows(rows)).toEqual([{ atMs: 30_000, lengthMs: 10_000, ok: 200, failed: 8 }])
  })

  test('are found in one second of a run of ten, in which nothing is in a row', () => {
    const rows = Array.from({ length: 10 }, (_, at) => second(at * 1000, 100, at === 3 ? 6 : 0))
    expect(failureWindows(rows)).toEqual([{ atMs: 3000, lengthMs: 1000, ok: 100, failed: 6 }])
  })

  test('that come independently are called a burst in hardly any run', () => {
    let bursts = 0
    for (let seed = 0; seed < 300; seed += 1) {
      for (const rate of [0.005, 0.05, 0.3]) {
        const random = createRandom(`${seed}`, `windows ${rate}`)
        const rows = Array.from({ length: 60 }, (_, at) => {
          const failed = Array.from({ length: 50 }, () => random.next() < rate).filter(Boolean).length
          return second(at * 1000, 50 - failed, failed)
        })
        if (failureWindows(rows).length > 0) bursts += 1
      }
    }
    expect(bursts / 900).toBeLessThan(0.01)
  })

  test('that come independently are called a burst in hardly any run of an hour', () => {
    let bursts = 0
    for (let seed = 0; seed < 20; seed += 1) {
      for (const rate of [0.02, 0.1]) {
        const random = createRandom(`${seed}`, `hour ${rate}`)
        const rows = Array.from({ length: 3600 }, (_, at) => {
          const failed = Array.from({ length: 10 }, () => random.next() < rate).filter(Boolean).length
          return second(at * 1000, 10 - failed, failed)
        })
        if (failureWindows(rows).length > 0) bursts += 1
      }
    }
    expect(bursts).toBeLessThanOrEqual(1)
  })

  test('are none where failures are spread evenly, where all fail, and where none does', () => {
    const rows = (ok: number, failed: number) => Array.from({ length: 60 }, (_, at) => second(at * 1000, ok, failed))
    expect([failureWindows(rows(20, 1)), failureWindows(rows(0, 9)), failureWindows(rows(9, 0)), failureWindows([])]).toEqual([
      [],
      [],
      [],
      [],
    ])
  })
})
