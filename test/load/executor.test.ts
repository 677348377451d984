/**
 * The timetables of open loads, held against their distributions. Seeds are fixed, so that nothing here depends on chance. Every criterion
 * is also shown to notice a generator that is wrong in the way that it is there for.
 */
import { describe, expect, test } from 'vitest'
import type { OpenLoad } from '../../src/load/executor.ts'
import { createRandom } from '../../src/random.ts'
import { offsets, open } from './build.ts'
import { countsOf, dispersion, kolmogorovSmirnov, variation } from './statistics.ts'

const WINDOW_MS = 500

type Criterion = (times: readonly number[], load: OpenLoad) => boolean

/** Gaps in expected arrivals: by them, a rate that changes is like one that does not. */
const gapsOf = (times: readonly number[], load: OpenLoad) =>
  times.map((time, i) => load.countAt(time) - (i === 0 ? 0 : load.countAt(times[i - 1] ?? 0)))

const CRITERIA: Readonly<Record<string, Criterion>> = {
  number: (times, load) => {
    const expected = load.countAt(load.lengthMs)
    return Math.abs(times.length - expected) <= 1 + 4 * load.process.variation * Math.sqrt(expected)
  },
  'never back, all in the phase': (times, load) =>
    times.every((time, i) => time >= (times[i - 1] ?? 0)) && (times.at(-1) ?? 0) < load.lengthMs,
  distribution: (times, load) => {
    const { shareBelow } = load.process
    if (!shareBelow) return gapsOf(times, load).every((gap, i) => i === 0 || Math.abs(gap - 1) < 1e-6)
    const { distance, critical } = kolmogorovSmirnov(gapsOf(times, load), shareBelow)
    return distance < critical
  },
  variation: (times, load) => Math.abs(variation(gapsOf(times, load).slice(1)) - load.process.variation) < 0.06,
  'counts by window': (times, load) => {
    const counts = countsOf(times, WINDOW_MS, load.lengthMs)
    const expected = counts.map((_, i) => load.countAt((i + 1) * WINDOW_MS) - load.countAt(i * WINDOW_MS))
    // A window of evenly spaced arrivals is off by one at most; others by no more than seven standard deviations.
    return counts.every(
      (count, i) => Math.abs(count - (expected[i] ?? 0)) <= 1 + 7 * load.process.variation * Math.sqrt(expected[i] ?? 0),
    )
  },
  'dispersion of counts': (times, load) => {
    const inExpected = times.map((time) => load.countAt(time))
    const found = dispersion(inExpected, 50, load.countAt(load.lengthMs))
    return Math.abs(found - load.process.variation ** 2) < 0.05 + 0.2 * load.process.variation ** 2
  },
}
const brokenBy = (times: readonly number[], load: OpenLoad) =>
  Object.entries(CRITERIA).flatMap(([name, holds]) => (holds(times, load) ? [] : [name]))

const RATES = {
  steady: ['constant-arrival-rate', { rate: '200/s', for: '100s' }],
  ramp: ['ramping-arrival-rate', { rate: { from: '0/s', to: '400/s' }, for: '100s' }],
  stairs: ['stairs-arrival-rate', { rate: { from: '40/s', step: '40/s', to: '360/s', every: '11s' } }],
  wave: ['sine-arrival-rate', { rate: { mean: '200/s', amplitude: '200/s', period: '7s' }, for: '100s' }],
  bursts: ['burst-arrival-rate', { rate: { base: '100/s', burst: '900/s', every: '7s', for: '1s' }, for: '100s' }],
} as const
const ARRIVALS = {
  constant: 'constant',
  poisson: 'poisson',
  'bursty gamma': { gamma: { shape: 0.25 } },
  'even gamma': { gamma: { shape: 6 } },
} as const

const loadOf = (rate: keyof typeof RATES, arrivals: keyof typeof ARRIVALS) => {
  const [shape, fields] = RATES[rate]
  return open(shape, { ...fields, arrivals: ARRIVALS[arrivals] })
}
const PAIRS = Object.keys(RATES).flatMap((rate) => Object.keys(ARRIVALS).map((arrivals) => [rate, arrivals] as const))

test.each(PAIRS as [keyof typeof RATES, keyof typeof ARRIVALS][])('%s, %s: every criterion holds', (rate, arrivals) => {
  const load = loadOf(rate, arrivals)
  expect(brokenBy(offsets(load, 'plans'), load)).toEqual([])
})

describe('a generator that is wrong is noticed', () => {
  const random = createRandom('wrong')
  const steady = (arrivals: keyof typeof ARRIVALS) => loadOf('steady', arrivals)
  /** Times whose gaps, in ms, `draw` gives. */
  const drawn = (load: OpenLoad, draw: () => number) => {
    const times: number[] = []
    for (let at = draw(); at < load.lengthMs; at += draw()) times.push(at)
    return times
  }

  test.each<[string, OpenLoad, (load: OpenLoad) => number[], string]>([
    [
      'Poisson with uniform gaps of the same mean',
      steady('poisson'),
      (load) => drawn(load, () => 10 * random.next()),
      'distribution',
    ],
    [
      'Poisson with gaps in whole milliseconds',
      steady('poisson'),
      (load) => drawn(load, () => Math.round(random.exponential(5))),
      'distribution',
    ],
    [
      'a sleep after each arrival, which drifts',
      steady('poisson'),
      (load) => drawn(load, () => random.exponential(5) + 0.25),
      'number',
    ],
    ['evenly spaced in place of Poisson', steady('poisson'), (load) => drawn(load, () => 5), 'variation'],
    ['the shape upside down', steady('bursty gamma'), (load) => drawn(load, () => random.gamma(4, 5)), 'distribution'],
    [
      'Poisson in place of gamma',
      steady('even gamma'),
      (load) => drawn(load, () => random.exponential(5)),
      'dispersion of counts',
    ],
    ['a jitter of a millisecond', steady('constant'), (load) => offsets(load).map((at) => at + random.next()), 'distribution'],
    [
      'exponential gaps, each followed by a long one for a short one, so that their counts are too even',
      steady('poisson'),
      (load) => {
        const sorted = offsets(load, 'plans')
          .map((at, i, all) => at - (all[i - 1] ?? 0))
          .sort((a, b) => a - b)
        const mixed = sorted.flatMap((gap, i) => (i < sorted.length / 2 ? [gap, sorted[sorted.length - 1 - i] ?? 0] : []))
        let at = 0
        return mixed.map((gap) => (at += gap)).filter((time) => time < load.lengthMs)
      },
      'dispersion of counts',
    ],
    [
      'the rate of the beginning of each second for the whole of it',
      loadOf('wave', 'constant'),
      (load) =>
        Array.from({ length: 100 }, (_, second) => {
          const rate = Math.round(load.rateAt(second * 1000))
          return Array.from({ length: rate }, (__, n) => (second + n / rate) * 1000)
        }).flat(),
      'counts by window',
    ],
    [
      'the stairs as a ramp',
      loadOf('stairs', 'constant'),
      () => offsets(open('ramping-arrival-rate', { rate: { from: '40/s', to: '360/s' }, for: '99s' })),
      'counts by window',
    ],
    ['times that go back', steady('constant'), (load) => offsets(load).toReversed(), 'never back, all in the phase'],
    ['one too many', steady('constant'), (load) => [...offsets(load), load.lengthMs], 'never back, all in the phase'],
  ])('%s', (_, load, wrong, criterion) => expect(brokenBy(wrong(load), load)).toContain(criterion))
})
