/** What becomes of arrivals that burn itself was too late for: no burst, every one counted. */
import { expect, test } from 'vitest'
import { after, goBy } from '../../../src/clock.ts'
import { Control } from '../../../src/engine/schedule/control.ts'
import { OpenLoop } from '../../../src/engine/schedule/open-loop.ts'
import type { ScheduledUser } from '../../../src/engine/schedule/scheduled-user.ts'
import { Users } from '../../../src/engine/schedule/users.ts'
import { createRandom } from '../../../src/random.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import { chatReply, MemoryTarget, runVirtual } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { chatAt } from '../targets.ts'

/** Runs `rate` for a second or more against a target at whose n-th request the whole process stands still. */
async function runWithStall(load: { rate: `${number}/s`; for: string }, at: number, ms: number, thresholds: string[] = []) {
  const clock = new VirtualClock()
  const target = new MemoryTarget({
    reply: (_, n) => {
      if (n === at) clock.stall(ms)
      return chatReply({ firstTokenMs: 1 })
    },
  })
  const scenario = { name: 'late', target: chatAt(target), load: [load], steps: [{ message: 'x' }], thresholds }
  const run = await runVirtual(scenario, {}, clock)
  return { ...run, starts: run.attempts.map(({ exchange }) => ({ due: exchange.intended, sent: exchange.sentAt })) }
}

function plan(load: object) {
  const scenario = scenarioSchema.parse({
    name: 'p',
    target: { url: 'http://127.0.0.1:1/' },
    load: [load],
    steps: [{ request: {} }],
  })
  return planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
}

/** The largest number of starts within any `ms`. */
function mostWithin(sent: readonly number[], ms: number): number {
  const sorted = [...sent].sort((a, b) => a - b)
  return Math.max(...sorted.map((from, i) => sorted.findLastIndex((at) => at < from + ms) - i + 1))
}

test('arrivals missed in a stall start between the punctual ones: a tenth more than the rate, and no more at once than for 20 ms', async () => {
  const { starts, result } = await runWithStall({ rate: '1000/s', for: '4s' }, 500, 200)
  expect(result.total.counts).toEqual({ planned: 4000, started: 4000, ok: 4000, failed: 0, cut: 0, dropped: 0 })
  const sent = starts.map((start) => start.sent)
  const late = starts.filter((start) => start.sent - start.due > 10)
  expect(late).toHaveLength(189)
  for (const ms of [1, 10, 100, 1000]) expect(mostWithin(sent, ms)).toBeLessThanOrEqual(ms * 1.1 + 22)
  // The timetable is kept: an arrival that is due after the stall is punctual.
  expect(starts.filter((start) => start.due > 700 && start.sent !== Math.ceil(start.due))).toEqual([])
  // Oldest first, as soon as the bound allows.
  expect(late.map((start) => start.due)).toEqual(late.map((start) => start.due).sort((a, b) => a - b))
  const lastSent = late.at(-1)?.sent ?? 0
  expect(lastSent).toBeGreaterThan(2000)
  expect(lastSent).toBeLessThan(2700)
})

test('at a low rate the missed ones follow one by one, as twenty more a second allow', async () => {
  const { starts, result } = await runWithStall({ rate: '20/s', for: '2s' }, 5, 160)
  expect(result.total.counts).toMatchObject({ planned: 40, ok: 40 })
  const late = starts.filter((start) => start.sent > start.due)
  expect(late.map((start) => [start.due, start.sent])).toEqual([
    [400, 410],
    [300, 435],
    [350, 485],
  ])
})

test.each([
  ['20/s', 'degraded'],
  ['100/s', 'invalid'],
] as const)('more than 20 ms late on average at %s: %s, as the gap between two arrivals may be larger', async (rate, level) => {
  const { result } = await runWithStall({ rate, for: '10s' }, 50, 700, ['response_time p50 < 5s'])
  expect(result.generator.lag.mean).toBeGreaterThan(20)
  expect(result.validity.reasons.filter(({ code }) => code === 'lag')).toEqual([expect.objectContaining({ level })])
})

test('those of the last moments may start for a second longer', async () => {
  const { starts, result } = await runWithStall({ rate: '100/s', for: '1s' }, 90, 100)
  expect(result.total.counts).toMatchObject({ planned: 100, ok: 100, dropped: 0 })
  expect(Math.max(...starts.map((start) => start.sent))).toBeGreaterThan(1000)
  expect(result.windowMs).toBeGreaterThan(1000)
  expect(result.windowMs).toBeLessThan(1100)
})

test('what has not started by then is dropped, and the result says that burn was behind', async () => {
  const { result } = await runWithStall({ rate: '100/s', for: '3s' }, 20, 2900)
  const { planned, ok, dropped } = result.total.counts
  expect([planned, ok + dropped]).toEqual([300, 300])
  expect(dropped).toBeGreaterThan(100)
  const [reason] = result.validity.reasons.filter(({ code }) => code === 'dropped')
  expect(reason?.message).toContain('burn was behind its timetable')
})

test('users are made a few in each turn of the event loop, so that replies free those that there are', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  const madeInTurn: number[] = []
  let isNewTurn = true
  const make = (id: number): ScheduledUser => {
    if (isNewTurn) {
      isNewTurn = false
      madeInTurn.push(0)
      clock.nextTurn(() => {
        isNewTurn = true
      })
    }
    madeInTurn[madeInTurn.length - 1] = (madeInTurn.at(-1) ?? 0) + 1
    const iterate = () => new Promise<'completed'>((resolve) => after(50, () => resolve('completed')))
    return { id, dueNext: 0, injectedMs: 0, iterate, connectAhead: async () => false, cancel() {}, close: async () => {} }
  }
  const counts = { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, injected: 0, cut: 0, dropped: 0 }
  const users = new Users(counts, make, () => {})
  const events = { due() {}, started() {}, dropped() {}, limitReached() {}, nextIteration: () => 0 }
  const loop = new OpenLoop(users, new Control(), 1000, events)
  const [phase] = plan({ rate: '200/s', for: '1s' }).phases
  if (phase?.load.model !== 'open') throw new Error('an open load')
  const atOnce = { ...phase.load, arrivals: () => Array(200).fill(0)[Symbol.iterator]() as Iterator<number, undefined> }
  try {
    await clock.drive(loop.phase(atOnce, 0, 0, createRandom('s', 'arrivals')).then(() => users.settled()))
  } finally {
    goBack()
  }
  expect(counts).toMatchObject({ planned: 200, completed: 200 })
  expect(madeInTurn[0]).toBe(50)
  expect(Math.max(...madeInTurn.slice(1))).toBe(4)
})

test('a slow target gets a user for each arrival', async () => {
  const target = new MemoryTarget({ reply: () => chatReply({ firstTokenMs: 2000 }) })
  const load = [{ rate: '300/s' as const, for: '1s' }]
  const { result } = await runVirtual({ name: 'slow', target: chatAt(target), load, steps: [{ message: 'x' }] })
  expect(result.total.counts).toMatchObject({ planned: 300, ok: 300 })
  expect(result.total.distributions.queue_wait).toMatchObject({ max: 0 })
  expect(target.connections).toBe(300)
})

test('a stall of 30 ms at 10,000/s is made up within 200 ms', async () => {
  const { starts, result } = await runWithStall({ rate: '10000/s', for: '500ms' }, 1000, 30)
  expect(result.total.counts).toMatchObject({ planned: 5000, ok: 5000, dropped: 0 })
  const late = starts.filter((start) => start.sent - start.due > 10)
  expect(late.length).toBeGreaterThan(100)
  expect(late.length).toBeLessThan(300)
  expect(Math.max(...late.map((start) => start.sent))).toBeLessThan(130 + 200)
  expect(
    mostWithin(
      starts.map((start) => start.sent),
      100,
    ),
  ).toBeLessThanOrEqual(100 * 10 * 1.1 + 220)
})
