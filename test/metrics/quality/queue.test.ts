import { afterEach, beforeEach, expect, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import { qualityOf } from '../../../src/metrics/quality/measure.ts'
import { QualityQueue } from '../../../src/metrics/quality/queue.ts'
import { qualitySettings } from '../../../src/metrics/quality/schema.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

const settings = qualitySettings()
if (!settings) throw new Error('quality is on by default')
const text = 'Your order is on its way and comes tomorrow.'
const reply = { step: 'a', prompt: 'Where is my order?', text, latencyMs: 100, finishReason: 'stop', refused: false, earlier: [] }

let clock: VirtualClock
let restore: () => void
beforeEach(() => {
  clock = new VirtualClock()
  restore = goBy(clock)
})
afterEach(() => restore())

test('replies are measured later, and counted', async () => {
  const queue = new QualityQueue(settings)
  expect(queue.read()).toBeUndefined()
  queue.add(reply)
  queue.add({ ...reply, refused: true })
  expect(queue.read()).toBeUndefined()
  await clock.drive(new Promise<void>((resolve) => void clock.after(26, resolve)))
  expect(queue.read()).toMatchObject({
    method: 'heuristic',
    measured: 2,
    leftOut: 0,
    settings: { weights: { relevance: 0.25 }, targetLatencyMs: 5000, language: null },
    measures: { relevance: { count: 2, mean: 1, p5: 1, p50: 1, p95: 1 } },
    flags: { refusal: { flagged: 1, of: 2 } },
  })
  expect(queue.read()?.measures.turnSimilarity).toBeUndefined()
})

test('steps are counted apart when there are several', async () => {
  const queue = new QualityQueue(settings)
  queue.add(reply)
  await clock.drive(queue.finish())
  expect(queue.read()?.steps).toBeUndefined()
  queue.add({ ...reply, step: 'b', refused: true })
  await clock.drive(queue.finish())
  expect(queue.read()).toMatchObject({
    measured: 2,
    steps: {
      a: { measured: 1, flags: { refusal: { flagged: 0, of: 1 } } },
      b: { measured: 1, measures: { overall: { count: 1 } }, flags: { refusal: { flagged: 1, of: 1 } } },
    },
  })
})

test('what waits is bounded, and what is left out is counted', async () => {
  const queue = new QualityQueue(settings)
  for (let n = 0; n < 600; n += 1) queue.add(reply)
  queue.add({ ...reply, text: 'x'.repeat(2 * 1024 * 1024) })
  expect(queue.read()).toMatchObject({ measured: 0, leftOut: 89 })
  await clock.drive(queue.finish())
  expect(queue.read()).toMatchObject({ measured: 512, leftOut: 89 })
})

test('prompts and the three turns before count as what waits', async () => {
  const long = 'x'.repeat(128 * 1024)
  const turn = { prompt: long, text: long }
  const queue = new QualityQueue(settings)
  queue.add({ ...reply, prompt: long, earlier: [turn, turn, turn, turn] }) // 7 of 8 parts
  queue.add({ ...reply, prompt: long })
  queue.add({ ...reply, prompt: long.slice(1024) })
  expect(queue.read()).toMatchObject({ measured: 0, leftOut: 1 })
  await clock.drive(queue.finish())
  expect(queue.read()).toMatchObject({ measured: 2, leftOut: 1 })
})

test.each([
  ['one reply after the other', 20, () => 8],
  ['replies that cost much', 20, () => 90],
  ['a burst of small ones', 1, () => 0.3],
  ['small and costly ones', 7, (n: number) => (n % 10 === 0 ? 60 : 0.1)],
])('no load takes more than its share of the time: %s', async (_what, everyMs, costOf) => {
  let [spent, measured] = [0, 0]
  const queue = new QualityQueue(settings, (...args) => {
    const cost = costOf(measured)
    clock.stall(cost)
    spent += cost
    measured += 1
    return qualityOf(...args)
  })
  const runMs = 60_000
  await clock.drive(
    new Promise<void>((resolve) => {
      const next = () => {
        if (clock.now() >= runMs) return resolve()
        queue.add(reply)
        clock.after(everyMs, next)
      }
      next()
    }),
  )
  expect(measured).toBeGreaterThan(10)
  expect(spent / clock.now()).toBeLessThanOrEqual(0.04)
  expect(spent / clock.now()).toBeGreaterThan(0.03)
})

test('percentiles are those of the values, in hundredths', async () => {
  const queue = new QualityQueue({ ...settings, targetLatencyMs: 100 })
  for (let n = 1; n <= 20; n += 1) queue.add({ ...reply, latencyMs: 100 + 10 * n })
  await clock.drive(queue.finish())
  // 0.95, 0.90, … 0
  expect(queue.read()?.measures.latency).toEqual({ count: 20, mean: 0.475, p5: 0, p50: 0.45, p95: 0.9 })
})

test('what loops cost is added up, and an answer that another session got is found', async () => {
  const queue = new QualityQueue(settings)
  const loop = 'I am sorry, I can not help with that order today. '.repeat(12)
  const place = { iteration: 0, attempt: 1, endedAt: 7 }
  queue.add({ ...reply, cost: 0.25 })
  queue.add({ ...reply, text: loop, cost: 0.5, place: { ...place, user: 1 } })
  queue.add({ ...reply, text: loop, prompt: 'What does it cost to send it back?', cost: 0.125, place: { ...place, user: 2 } })
  queue.add({ ...reply, text: loop, prompt: 'Is there a shop in my town?', place: { ...place, user: 3 } })
  await clock.drive(queue.finish())
  expect(queue.loopedCost).toBe(0.625)
  expect(queue.flagged()).toEqual({ loop: 3, truncated: 0, refusal: 0 })
  expect(queue.read()?.flags.sharedAnswer).toEqual({ flagged: 2, of: 2 })
  expect(queue.flaggedReplies.of('loop').map(({ user }) => user)).toEqual([1, 2, 3])
})
