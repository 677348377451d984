/** The rule `saturated` on queues of known capacity: how often it is wrong, and how soon it is right. */
import { expect, test } from 'vitest'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { SaturationTest } from '../../../src/metrics/stop/saturated.ts'
import { createRandom } from '../../../src/random.ts'
import { drawn } from '../../support/share.ts'

const SECONDS = 600

/** Eight servers with a mean service of 1 s, from empty on: when each request came and when it was done, in s. */
function jobsOf(load: number, seed: number) {
  const random = createRandom(`${seed}`, 'saturated')
  const free = Array.from({ length: 8 }, () => 0)
  const jobs: { readonly at: number; readonly done: number }[] = []
  for (let at = random.exponential(1 / load); at < SECONDS; at += random.exponential(1 / load)) {
    const server = free.indexOf(Math.min(...free))
    const done = Math.max(at, free[server] ?? 0) + random.exponential(1)
    free[server] = done
    jobs.push({ at, done })
  }
  return jobs
}

/** The second in which the rule was met; undefined when it was not. */
function metAt(load: number, seed: number): number | undefined {
  const jobs = jobsOf(load, seed)
  const rule = new SaturationTest(2500)
  for (let second = 1; second <= SECONDS; second += 1) {
    const inFlight = jobs.filter(({ at, done }) => at < second && done >= second).length
    const latency = new Histogram('ms')
    for (const { at, done } of jobs) if (done >= second - 1 && done < second) latency.record((done - at) * 1000)
    if (rule.add(1000, inFlight, latency.sparse())) return second
  }
  return undefined
}

const share = (load: number, count: number) => {
  const met = Array.from({ length: count }, (_, seed) => metAt(load, seed)).filter((at) => at !== undefined)
  return { share: met.length / count, latest: Math.max(0, ...met) }
}

test('a queue at 80 % of its capacity is never called saturated in ten minutes, one at 90 % in at most a fifth', () => {
  const stretches = drawn(60, 5)
  expect(share(6.4, stretches).share).toBe(0)
  expect(share(7.2, stretches).share).toBeLessThan(0.2)
})

test('a queue that gets 25 % more than it can take is called so within three minutes', () => {
  const { share: met, latest } = share(10, drawn(60, 5))
  expect(met).toBe(1)
  expect(latest).toBeLessThan(180)
})

test('growth below the bound of the latency is borne, and a new load begins anew', () => {
  const rule = new SaturationTest(1e6)
  const grow = (second: number) => {
    const latency = new Histogram('ms')
    latency.record(second * 100)
    return rule.add(1000, second, latency.sparse())
  }
  for (let second = 1; second <= 300; second += 1) expect(grow(second)).toBeUndefined()
  const strict = new SaturationTest(1)
  const seen = Array.from({ length: 99 }, (_, second) => {
    const latency = new Histogram('ms')
    latency.record(100 + second * 10)
    if (second === 60) strict.reset()
    return strict.add(1000, second, latency.sparse())
  })
  expect(seen.every((one) => one === undefined)).toBe(true)
})
