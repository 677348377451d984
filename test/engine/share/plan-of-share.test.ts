/** The parts of a plan, by arithmetic alone: for every load shape there is, they are together the one plan. */
import { expect, test } from 'vitest'
import { planOfShare } from '../../../src/engine/share/plan-of-share.ts'
import { createRandom } from '../../../src/random.ts'
import { planOf, type RunInput } from '../../support/run.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const sharesOf = (count: number) => upTo(count).map((index) => ({ index, count }))
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)

const planFor = (more: Partial<RunInput>) =>
  planOf({
    name: 'shared',
    target: { url: 'http://127.0.0.1:9' },
    steps: [{ request: { method: 'GET' } }],
    load: [{ users: 1, for: '1s' }],
    ...more,
  } as RunInput)

test('arrivals are numbered over all phases', () => {
  const plan = planFor({
    load: [
      { rate: '1/s', for: '5s' },
      { iterations: 3, users: 8 },
      { rate: '1/s', for: '5s' },
    ],
  })
  const own = sharesOf(2).map((share) => planOfShare(plan, share).phases.map(({ load }) => load))
  const random = () => createRandom('x')
  const counts = own.map((loads) =>
    loads.map((load) =>
      load.model === 'open' ? [...{ [Symbol.iterator]: () => load.arrivals(random()) }].length : load.sharedIterations,
    ),
  )
  // 0–4 are the first phase, 5–7 the iterations, 8–12 the last phase.
  expect(counts).toEqual([
    [3, 1, 3],
    [2, 2, 2],
  ])
})

test('limits, budgets and the judge are divided, and setup is made once', () => {
  const plan = planFor({
    target: { url: 'http://127.0.0.1:9', rateLimit: { requests: '10/s', tokens: '700/m' } },
    budget: { requests: 10, tokens: 1001, time: '5m' },
    thresholds: [{ threshold: 'output_tokens sum < 100', abort: true }, 'errors < 1%'],
    setup: [{ request: { method: 'GET' }, name: 'in' }],
    teardown: [{ request: { method: 'GET' }, name: 'out' }],
  })
  const parts = sharesOf(3).map((share) => planOfShare(plan, share))
  expect(parts.map(({ budget }) => budget)).toEqual([
    { requests: 4, tokens: 334, time: 300_000 },
    { requests: 3, tokens: 334, time: 300_000 },
    { requests: 3, tokens: 333, time: 300_000 },
  ])
  const limits = parts.map(({ targets }) => targets[0]?.rateLimit)
  const whole = plan.targets[0]?.rateLimit
  expect(sum(limits.map((limit) => limit?.requests?.perSecond ?? 0))).toBeCloseTo(whole?.requests?.perSecond ?? 0)
  expect(sum(limits.map((limit) => limit?.tokens?.burst ?? 0))).toBeCloseTo(whole?.tokens?.burst ?? 0)
  expect(parts.map(({ thresholds }) => thresholds.map(({ limit }) => limit))).toEqual([
    [34, 0.01],
    [33, 0.01],
    [33, 0.01],
  ])
  expect(parts.map(({ setup, teardown }) => [setup.length, teardown.length])).toEqual([
    [1, 1],
    [0, 0],
    [0, 0],
  ])
  expect(parts.map(({ hash }) => hash)).toEqual(parts.map(() => plan.hash))
})
