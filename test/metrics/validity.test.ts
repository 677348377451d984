import { describe, expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram.ts'
import type { GeneratorHealth } from '../../src/metrics/result.ts'
import { DEFAULT_BOUNDS, judgeValidity, type ValidityFacts } from '../../src/metrics/validity.ts'

function lagOf(values: Iterable<number>): GeneratorHealth['lag'] {
  const lag = new Histogram('ms')
  for (const value of values) lag.record(value)
  return lag.toDistribution()
}

/** So many arrivals, of which the last `late` are 50 ms late. */
const lateness = (count: number, late: number) => lagOf(Array.from({ length: count }, (_, i) => (i < count - late ? 1 : 50)))

const HEALTHY: GeneratorHealth = {
  lag: lateness(5000, 0),
  loopDelay: { p50: 0, p99: 1, max: 2 },
  loopUtilization: 0.3,
  stalledMs: 0,
  cpuShare: 0.3,
  maxRssBytes: 1,
  gcPauseMs: 1,
  plannedArrivals: 5000,
  startedArrivals: 5000,
}
const COUNTS = { planned: 5000, started: 5000, ok: 5000, failed: 0, cut: 0, dropped: 0 }

function judged(health: Partial<GeneratorHealth>, more: Partial<ValidityFacts> = {}, bounds = DEFAULT_BOUNDS): string[] {
  const facts = { health: { ...HEALTHY, ...health }, counts: COUNTS, durationMs: 20_000, localFailures: new Map(), ...more }
  return judgeValidity(facts, bounds).map(({ level, code }) => `${level} ${code}`)
}

test('a healthy run has no reasons against it', () => expect(judged({})).toEqual([]))

describe('lag', () => {
  test.each([
    ['one in a hundred is not p99', lateness(5000, 50), []],
    ['a little more is', lateness(5000, 51), ['invalid lag']],
    ['the worst of a short run says little', lateness(50, 1), ['degraded lag']],
    ['a tenth of a short run says enough', lateness(50, 6), ['invalid lag']],
    ['nothing was due', lateness(0, 0), []],
  ] as const)('%s', (_, lag, reasons) => expect(judged({ lag })).toEqual(reasons))

  test('--allow-lag accepts it', () => {
    expect(judged({ lag: lateness(5000, 4000) }, {}, { ...DEFAULT_BOUNDS, lagP99Ms: 60 })).toEqual([])
  })

  test('--allow-lag accepts a stall of its size, and no longer one', () => {
    const bounds = { ...DEFAULT_BOUNDS, lagP99Ms: 600 }
    expect(judged({ stalledMs: 600 }, {}, bounds)).toEqual(['degraded stall'])
    expect(judged({ stalledMs: 601 }, {}, bounds)).toEqual(['invalid stall'])
  })
})

test.each([
  [{ stalledMs: 500 }, ['invalid stall']],
  [{ stalledMs: 100 }, ['degraded stall']],
  [{ loopUtilization: 0.8 }, []],
  [{ loopUtilization: 0.85 }, ['degraded event_loop']],
  [{ loopUtilization: 0.97 }, ['invalid event_loop']],
])('%j', (health, reasons) => expect(judged(health)).toEqual(reasons))

test.each([
  [5, []],
  [6, ['invalid dropped']],
])('%i of 5000 dropped', (dropped, reasons) => {
  expect(judged({}, { counts: { ...COUNTS, dropped } })).toEqual(reasons)
})

test.each([
  [5, ['degraded local']],
  [6, ['invalid local']],
])('%i failures on this side', (count, reasons) => {
  expect(judged({}, { localFailures: new Map([['local_ports', count]]) })).toEqual(reasons)
})

test('the worst comes first', () => {
  expect(judged({ stalledMs: 50, loopUtilization: 0.99 })).toEqual(['invalid event_loop', 'degraded stall'])
})
