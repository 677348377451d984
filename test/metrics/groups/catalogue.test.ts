import { describe, expect, test } from 'vitest'
import { Exchange } from '../../../src/exchange.ts'
import { NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import {
  ATTEMPT_DISTRIBUTIONS,
  CATALOGUE,
  type CountedMetric,
  countedValue,
  findMetric,
  type MetricDefinition,
  metricForAlias,
  metricNames,
} from '../../../src/metrics/groups/catalogue.ts'
import { WHOLE_RUN_METRICS } from '../../../src/metrics/groups/whole-run/metrics.ts'

const ALL: readonly MetricDefinition[] = [...CATALOGUE, ...WHOLE_RUN_METRICS]

test('each name is one metric, and no alias is a name or given twice', () => {
  const aliases = ALL.flatMap(({ aliases = [] }) => aliases)
  const names = [...ALL.map(({ name }) => name), ...aliases]
  expect(names).toEqual([...new Set(names)])
  for (const alias of aliases) expect(findMetric(metricForAlias(alias) ?? '')?.aliases).toContain(alias)
  expect(metricNames()).toEqual(ALL.map(({ name }) => name))
  expect([findMetric('qps'), metricForAlias('rate')]).toEqual([undefined, undefined])
})

test('what is censored only grows with those that were cut', () => {
  const none = ATTEMPT_DISTRIBUTIONS.map(({ censored }) => censored?.(NO_COUNTERS) ?? 0)
  expect(new Set(none)).toEqual(new Set([0]))
  const cut = { ...NO_COUNTERS, cut: 9, heldBack: 2, cutBeforeFirstByte: 1, cutBeforeFirstToken: 3, cutBeforeFirstOutput: 4 }
  const lost = (counters: typeof cut) =>
    ATTEMPT_DISTRIBUTIONS.flatMap(({ name, censored }) => {
      const count = censored?.(counters) ?? 0
      return count > 0 ? [[name, count]] : []
    })
  const known = { response_time: 11, service_time: 9, ttfb: 1, ttft: 3, ttfo: 4, stall: 9, e2e: 9 }
  expect(Object.fromEntries(lost(cut))).toEqual(known)
  // Each of those cut may have been of either kind, where replies tell it.
  expect(Object.fromEntries(lost({ ...cut, repliesWithCache: 1 }))).toEqual({ ...known, ttft_cold: 3, ttft_warm: 3 })
})

describe('the value of an attempt', () => {
  const moments = { sentAt: 10, firstByteAt: 30, firstTokenAt: 60, firstOutputAt: 90, lastTokenAt: 190, endedAt: 200 }
  const settled = (given: object) => Object.assign(new Exchange(4, { push: () => {}, end: () => {} }, () => {}), given)
  const of = (name: string, exchange: Exchange) => ATTEMPT_DISTRIBUTIONS.find((metric) => metric.name === name)?.of(exchange)

  test.each([
    ['response_time', 196],
    ['service_time', 190],
    ['start_delay', 6],
    ['ttfb', 20],
    ['ttft', 50],
    ['ttfo', 80],
    ['e2e', 180],
    ['stall', undefined],
    ['input_tokens', undefined],
  ])('%s', (name, value) => expect(of(name, settled(moments))).toBe(value))

  test.each<[number | null, number | null, object]>([
    [100, 0, { cold: 50 }],
    [100, 49, { cold: 50 }],
    [100, 50, { warm: 50 }],
    [100, 100, { warm: 50 }],
    [100, null, {}],
    [null, 50, {}],
    [0, 0, {}],
  ])('of %s prompt tokens %s cached: the first token is that of %j', (inputTokens, cachedInputTokens, expected) => {
    const exchange = settled({ ...moments, usage: { inputTokens, cachedInputTokens } })
    expect({ cold: of('ttft_cold', exchange), warm: of('ttft_warm', exchange) }).toEqual(expected)
  })

  test('of a sound is how much of it was taken per second', () => {
    const factor = (given: object) => of('real_time_factor', settled({ ...moments, ...given }))
    expect([factor({ soundMs: 1900 }), factor({}), factor({ soundMs: 1900, endedAt: 10 })]).toEqual([10, undefined, undefined])
  })

  test('is none where a moment never came, and never below zero', () => {
    const silent = settled({ sentAt: 10, firstByteAt: 9.9, endedAt: 200 })
    expect([of('ttft', silent), of('ttfb', silent), of('e2e', silent)]).toEqual([undefined, 0, 190])
    expect(of('stall', settled({ gapsMs: [1, 7, 2] }))).toBe(7)
  })
})

test('shares need a whole, rates a window, counts neither', () => {
  const metric = (name: string) => findMetric(name) as CountedMetric
  const counters = { ...NO_COUNTERS, planned: 10, started: 9, ok: 5, failed: 3, dropped: 2 }
  const value = (name: string, windowMs = 2000) => countedValue(metric(name), counters, windowMs)
  expect([value('errors'), value('dropped'), value('checks')]).toEqual([0.3, 0.2, null])
  expect([value('rate'), value('completed_rate'), value('rate', 0)]).toEqual([2.5, 4, null])
  expect(value('planned', 0)).toBe(10)
  const counted = (name: string, more: object) => countedValue(metric(name), { ...counters, ...more }, 2000)
  expect([counted('item_rate', { items: 64 }), counted('input_token_rate', { inputTokens: 5000 })]).toEqual([32, 2500])
})

test('the share of cached tokens is not known before a reply tells it, and one that does not counts as none', () => {
  const metric = findMetric('cache_hits') as CountedMetric
  const value = (counters: object) => countedValue(metric, { ...NO_COUNTERS, ...counters }, 1000)
  expect(value({ inputTokens: 100 })).toBeNull()
  expect(value({ inputTokens: 100, repliesWithCache: 1 })).toBe(0)
  expect(value({ inputTokens: 100, cachedTokens: 25, repliesWithCache: 1 })).toBe(0.25)
})
