/** What becomes of arrivals that burn itself was too late for: no burst, every one counted. */
import { expect, test } from 'vitest'
import { chatReply, MemoryTarget, runVirtual } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { chatAt } from '../targets.ts'

/** Runs `rate` for a second or more against a target at whose n-th request the whole process stands still. */
async function runWithStall(load: { rate: `${number}/s`; for: string }, at: number, ms: number) {
  const clock = new VirtualClock()
  const target = new MemoryTarget({
    reply: (_, n) => {
      if (n === at) clock.stall(ms)
      return chatReply({ firstTokenMs: 1 })
    },
  })
  const run = await runVirtual({ name: 'late', target: chatAt(target), load: [load], steps: [{ message: 'x' }] }, {}, clock)
  return { ...run, starts: run.attempts.map(({ exchange }) => ({ due: exchange.intended, sent: exchange.sentAt })) }
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

test('while burn is late no users are added, for they would make it later', async () => {
  const connectionsWith = async (own: { maxUsers?: number }) => {
    const clock = new VirtualClock()
    const target = new MemoryTarget({
      reply: (_, n) => {
        // While one request is sent, two more arrive.
        if (n > 10) clock.stall(2)
        return chatReply({ firstTokenMs: 50 })
      },
    })
    const load = [{ rate: '1000/s' as const, for: '1s', ...own }]
    const { result } = await runVirtual({ name: 'over', target: chatAt(target), load, steps: [{ message: 'x' }] }, {}, clock)
    const { planned, ok, dropped } = result.total.counts
    expect([planned, ok + dropped]).toEqual([1000, 1000])
    return target.connections
  }
  const asNeeded = await connectionsWith({})
  expect(asNeeded).toBeLessThan((await connectionsWith({ maxUsers: 1000 })) / 2)
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
