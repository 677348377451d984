import { describe, expect, test } from 'vitest'
import { NO_ITERATIONS } from '../../src/metrics/counts/iterations.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { DEFAULT_BOUNDS, type ValidityFacts } from '../../src/metrics/validity/facts.ts'
import { evaluateValidity } from '../../src/metrics/validity.ts'
import type { GeneratorHealth } from '../../src/result/schema.ts'

function lagOf(values: Iterable<number>): GeneratorHealth['lag'] {
  const lag = new Histogram('ms')
  for (const value of values) lag.record(value)
  return lag.toDistribution()
}

/** So many arrivals, of which the last `late` are late by `ms`. */
const lateness = (count: number, late: number, ms = 50) =>
  lagOf(Array.from({ length: count }, (_, i) => (i < count - late ? 1 : ms)))

const HEALTHY: GeneratorHealth = {
  lag: lateness(5000, 0),
  loopDelay: { p50: 0, p99: 1, max: 2 },
  loopUtilization: 0.3,
  stalledMs: 0,
  disturbedMs: 0,
  cpuShare: 0.3,
  maxRssBytes: 1,
  gcPauseMs: 1,
  plannedArrivals: 5000,
  startedArrivals: 5000,
}
const NOTHING_LOST = { lateIterations: 0, interrupted: false }
const COUNTS = { planned: 5000, started: 5000, ok: 5000, failed: 0, cut: 0, dropped: 0 }

function reasonsFor(health: Partial<GeneratorHealth>, more: Partial<ValidityFacts> = {}, bounds = DEFAULT_BOUNDS) {
  const facts = {
    health: { ...HEALTHY, ...health },
    counts: COUNTS,
    durationMs: 20_000,
    localFailures: new Map(),
    iterations: { ...NO_ITERATIONS, iterationsEnded: COUNTS.planned - (more.counts ?? COUNTS).dropped },
    ...NOTHING_LOST,
    ...more,
  }
  return evaluateValidity(facts, bounds)
}

function evaluated(...facts: Parameters<typeof reasonsFor>): string[] {
  return reasonsFor(...facts).map(({ level, code }) => `${level} ${code}`)
}

test('a hook that computed for much of the run is named, with what to do', () => {
  const late = { lag: lateness(5000, 500), stalledMs: 300, loopUtilization: 0.97 }
  const longestHook = { plugin: 'sign.mjs', hook: 'beforeSend', blockedMs: 3000 }
  const named = '; the hook beforeSend of sign.mjs computed for 3000 ms (15 % of the run)'
  const found = reasonsFor(late, { longestHook })
  expect(found.map(({ code }) => code)).toEqual(['lag', 'stall', 'event_loop'])
  for (const { message, hint } of found) {
    expect(message).toContain(named)
    expect(hint).toMatch(/^do less in this hook/)
  }
  // 900 ms of 20 s are not why it was late.
  const other = reasonsFor(late, { longestHook: { ...longestHook, blockedMs: 900 } })
  expect(other.map(({ message, hint }) => message + hint).join()).not.toContain('hook')
})

test('a healthy run has no reasons against it', () => expect(evaluated({})).toEqual([]))

describe('lag', () => {
  test.each([
    ['one in a hundred is not p99', lateness(5000, 50), []],
    ['a little more is', lateness(5000, 51), ['invalid lag']],
    ['the worst of a short run says little', lateness(50, 1), ['degraded lag']],
    ['ten samples lie above a p90 of a hundred', lateness(100, 10), ['degraded lag']],
    ['so it says enough', lateness(100, 11), ['invalid lag']],
    ['of fifty, above the p75', lateness(50, 12), ['degraded lag']],
    ['so a quarter has to be late', lateness(50, 13), ['invalid lag']],
    ['of four requests half may be late', lateness(4, 2), ['degraded lag']],
    ['when most of them are, the generator is', lateness(4, 3), ['invalid lag']],
    ['two have no median to speak of', lateness(2, 2), ['degraded lag']],
    ['nothing was due', lateness(0, 0), []],
  ] as const)('%s', (_, lag, reasons) => expect(evaluated({ lag })).toEqual(reasons))

  test('the advice fits the load: less of it helps only where it is the load that keeps the loop busy', () => {
    const late = lateness(5000, 500)
    const other = expect.stringContaining('other work')
    const hintFor = (health: Partial<GeneratorHealth>) => reasonsFor({ lag: late, cpuShare: 0.7, ...health })[0]?.hint
    const hints = [0.05, 0.5, 0.7].map((loopUtilization) => hintFor({ loopUtilization }))
    expect(hints).toEqual([other, other, expect.stringContaining('lower the load')])
    // Busy for most of the time, and with little of a CPU: it waited for that.
    expect(hintFor({ loopUtilization: 0.7, cpuShare: 0.05 })).toEqual(other)
    expect(hintFor({ loopUtilization: 0.7, cpuShare: 0.05, throttledMs: 10 })).toContain('lower the load')
  })

  test('--allow-lag accepts it', () => {
    expect(evaluated({ lag: lateness(5000, 4000) }, {}, { ...DEFAULT_BOUNDS, lagP99Ms: 60 })).toEqual([])
  })

  test('--allow-lag accepts a stall of its size, and no longer one', () => {
    const bounds = { ...DEFAULT_BOUNDS, lagP99Ms: 600 }
    expect(evaluated({ stalledMs: 600 }, {}, bounds)).toEqual(['degraded stall'])
    expect(evaluated({ stalledMs: 601 }, {}, bounds)).toEqual(['invalid stall'])
  })
})

test.each([
  [{ stalledMs: 500 }, ['invalid stall']],
  [{ stalledMs: 100 }, ['degraded stall']],
  [{ loopUtilization: 0.8 }, []],
  [{ loopUtilization: 0.85 }, ['degraded event_loop']],
  [{ loopUtilization: 0.97 }, ['invalid event_loop']],
])('%j', (health, reasons) => expect(evaluated(health)).toEqual(reasons))

test.each([
  [5, []],
  [6, ['invalid dropped']],
])('%i of 5000 dropped', (dropped, reasons) => {
  expect(evaluated({}, { counts: { ...COUNTS, dropped } })).toEqual(reasons)
})

test('many steps do not make a dropped iteration a small thing, and those that were cut had begun', () => {
  const counts = { ...COUNTS, planned: 50_000, dropped: 6 }
  expect(evaluated({}, { counts })).toEqual(['invalid dropped'])
  expect(evaluated({}, { counts, iterations: { ...NO_ITERATIONS, iterationsEnded: 3994, iterationsCut: 2000 } })).toEqual([])
})

test.each([
  ['dropped, for want of users', { dropped: 6 }, 0, ['invalid dropped']],
  ['dropped, held back by a slow reply', { dropped: 6 }, 6, []],
  ['dropped, both', { dropped: 12 }, 6, ['invalid dropped']],
  ['held back, 1 %', { dropped: 50 }, 50, []],
  ['held back, more', { dropped: 51 }, 51, ['degraded held_back']],
  ['held back, 10 %', { dropped: 500 }, 500, ['degraded held_back']],
  ['held back, too many', { dropped: 501 }, 501, ['invalid held_back']],
  ['cut, 1 %', { cut: 50 }, 0, []],
  ['cut, more: the p99 is among them', { cut: 51 }, 0, ['degraded cut']],
  ['cut, 10 %', { cut: 500 }, 0, ['degraded cut']],
  ['cut, too many', { cut: 501 }, 0, ['invalid cut']],
])('%s', (_, counts, lateIterations, reasons) => {
  expect(evaluated({}, { counts: { ...COUNTS, ...counts }, lateIterations })).toEqual(reasons)
})

test('what was left when the run was ended early says nothing of free users, and a stall is never longer than the run', () => {
  const counts = { ...COUNTS, dropped: 100 }
  expect(evaluated({}, { counts })).toEqual(['invalid dropped'])
  expect(evaluated({}, { counts, droppedAtStop: 100 })).toEqual([])
  const [stall] = reasonsFor({ stalledMs: 420 }, { durationMs: 115 })
  expect(stall?.message).toContain('420 ms (100 % of the run)')
})

test('what a signal cuts is the user’s will', () => {
  expect(evaluated({}, { counts: { ...COUNTS, cut: 2500, dropped: 500 }, lateIterations: 500, interrupted: true })).toEqual([])
})

test.each([
  [5, ['degraded local']],
  [6, ['invalid local']],
])('%i failures on this side', (count, reasons) => {
  expect(evaluated({}, { localFailures: new Map([['local_ports', count]]) })).toEqual(reasons)
})

test('the worst comes first', () => {
  expect(evaluated({ stalledMs: 50, loopUtilization: 0.99 })).toEqual(['invalid event_loop', 'degraded stall'])
})

test.each([
  [0, 5, []],
  [5, 5, ['invalid local']],
  [1, 10_000, ['degraded local']],
] as const)('%i of %i iterations that a template or condition ended: %j', (faulted, ended, reasons) => {
  expect(
    evaluated(
      {},
      { iterations: { ...NO_ITERATIONS, iterationsEnded: ended, iterationsFailed: faulted, iterationsFaulted: faulted } },
    ),
  ).toEqual(reasons)
})

test.each([
  [0, []],
  [50, []],
  [51, ['degraded unasked_frames']],
] as const)('%i of 5,000 replies with messages that nobody asked for', (unasked, reasons) =>
  expect(evaluated({}, { unasked })).toEqual(reasons),
)

test('message steps of which no reply had a text make it degraded, by name', () => {
  expect(evaluated({}, { textless: [] })).toEqual([])
  expect(evaluated({}, { textless: ['ask', 'again'] })).toEqual(['degraded text_not_found'])
})

describe('a bound that holds on numbers that lateness can only have made worse is proven', () => {
  const hiccup = { stalledMs: 101 }
  const paused = (ms: number) => ({ stalledMs: ms, lag: lateness(200, 10) })
  const proven = { proven: true, durationMs: 10_000 }
  const at = (perSecond: number) => ({ ...proven, plannedGapMs: 1000 / perSecond })

  test.each<[string, Partial<GeneratorHealth>, Partial<ValidityFacts>, string[]]>([
    ['one pause of a short run', hiccup, proven, ['degraded stall']],
    ['with a bound that is not proven', hiccup, { durationMs: 10_000 }, ['invalid stall']],
    ['and the arrivals that it made late', paused(101), proven, ['degraded lag', 'degraded stall']],
    ['a tenth of the run is no hiccup', hiccup, { ...proven, durationMs: 1000 }, ['invalid stall']],
    ['some arrivals late', { lag: lateness(5000, 100) }, proven, ['degraded lag']],
    ['20 ms late on average', { lag: lateness(5000, 110, 860) }, proven, ['degraded lag']],
    ['later than that: the target did not get the rate', { lag: lateness(5000, 110, 910) }, proven, ['invalid lag']],
    ['the same at 20/s, where 50 ms lie between two', { lag: lateness(5000, 110, 910) }, at(20), ['degraded lag']],
    ['the same at 50/s', { lag: lateness(5000, 110, 910) }, at(50), ['invalid lag']],
    ['50 ms late on average at 20/s', { lag: lateness(5000, 110, 2220) }, at(20), ['degraded lag']],
    ['later than that', { lag: lateness(5000, 110, 2240) }, at(20), ['invalid lag']],
    ['later than that at 1/s', { lag: lateness(5000, 110, 2240) }, at(1), ['invalid lag']],
    ['most arrivals late', { lag: lateness(5000, 3000) }, proven, ['invalid lag']],
  ])('%s', (_, health, facts, reasons) => expect(evaluated(health, facts)).toEqual(reasons))
})

describe('a limit on CPU that stopped burn', () => {
  test.each<[string, Partial<GeneratorHealth>, Partial<ValidityFacts>, string[]]>([
    ['a threshold may depend on it', { throttledMs: 300 }, { durationMs: 10_000 }, ['invalid throttled']],
    ['nothing depends on it', { throttledMs: 300 }, { durationMs: 10_000, contested: false }, ['degraded throttled']],
    ['hardly ever', { throttledMs: 200 }, { durationMs: 10_000 }, []],
    ['not counted by the system', {}, { durationMs: 10_000 }, []],
  ])('%s', (_, health, facts, reasons) => expect(evaluated(health, facts)).toEqual(reasons))
})

describe('a closed load whose replies were read late', () => {
  const throttled = { loopDelay: { p50: 20, p99: 60, max: 140 } }
  const brief = { loopDelay: { p50: 1, p99: 7, max: 20 } }
  const calm = { loopDelay: { p50: 0, p99: 2, max: 140 } }

  test.each<[string, Partial<GeneratorHealth>, Partial<ValidityFacts>, string[]]>([
    ['nothing depends on it', throttled, { closedMedians: { ttft: 90 }, contested: false }, ['degraded loop_delay']],
    ['a threshold may depend on it', throttled, { closedMedians: { ttft: 90 }, contested: true }, ['invalid loop_delay']],
    [
      'a third of the time',
      { ...throttled, disturbedMs: 6600 },
      { closedMedians: { ttft: 90 }, contested: false },
      ['degraded loop_delay'],
    ],
    [
      'more: its users asked for less',
      { ...throttled, disturbedMs: 6700 },
      { closedMedians: { ttft: 90 }, contested: false },
      ['invalid loop_delay'],
    ],
    ['gaps that read as 0', throttled, { closedMedians: { ttft: 900, itl: 0 }, contested: false }, ['degraded loop_delay']],
    ['what it measures is long', throttled, { closedMedians: { service_time: 2000, ttft: 900 }, contested: true }, []],
    ['a gap is late at both ends', brief, { closedMedians: { itl: 10 }, contested: true }, ['invalid loop_delay']],
    ['a time is late at its end only', brief, { closedMedians: { ttft: 10 }, contested: true }, []],
    ['long gaps', brief, { closedMedians: { itl: 30 }, contested: true }, []],
    ['the loop is calm', calm, { closedMedians: { ttft: 1 }, contested: true }, []],
    ['an open load has its lag', throttled, { contested: true }, []],
    ['starting up is most of a short run', throttled, { closedMedians: { ttft: 9 }, contested: true, durationMs: 900 }, []],
  ])('%s', (_, health, facts, reasons) => expect(evaluated(health, facts)).toEqual(reasons))
})
