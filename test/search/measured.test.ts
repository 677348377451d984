/** A measured point of a search. */
import { expect, test } from 'vitest'
import { NO_METRICS } from '../../src/result/empty.ts'
import { point, threshold } from './points.ts'

test('a point that was ended early because the target was saturated has the weight of the time that it took', () => {
  const failed = [threshold('gold < 1', 2, 1, { state: 'failed' })]
  const found = { when: 'saturated', mode: 'enforce', metAtMs: 4000, text: '', figures: {} } as const
  const ended = (isEnd: boolean) => point(failed, { exitCodes: [1], windowMs: 4000, stopWhen: [{ ...found, ended: isEnd }] })
  expect(ended(true)).toMatchObject({ seconds: 4, okPerSecond: 25, counts: true, tiers: [{ holds: false, used: 2 }] })
  expect(ended(false)).toMatchObject({ seconds: 10, okPerSecond: 10 })
})

test('replies that came in the warm-up or once the load was over are in no rate of a point', () => {
  const counts = {
    started: 0,
    failed: 0,
    cut: 0,
    dropped: 0,
    outputTokens: 0,
    users: 1,
    inFlight: 1,
    peakInFlight: 1,
    latencies: {},
  }
  const rows = [
    ['search-warm-up', 7],
    ['measured', 20],
    ['measured', 24],
    ['drain', 49],
  ] as const
  const timeline = rows.map(([phase, ok], at) => ({ ...counts, atMs: 500 * at, lengthMs: 500, phase, ok }))
  const phases = ['search-warm-up', 'measured'].map((name, at) => ({
    ...{ ...NO_METRICS, name, shape: 'constant', load: '', warmup: at === 0, startMs: 0 },
  }))
  expect(point([threshold('gold < 1', 0.5, 1)], { timeline, phases })).toMatchObject({ okPerSecond: 44 })
})
