import { describe, expect, test } from 'vitest'
import { DueRuns } from '../../../src/cli/schedule/due-runs.ts'
import type { Overlap } from '../../../src/cli/schedule/systems/overlap.ts'
import { cronTimes } from '../../../src/cli/schedule/times.ts'
import { after, goBy } from '../../../src/clock.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Scheduled {
  readonly cron: string
  readonly zone?: string
  /** Start of the schedule, UTC. */
  readonly from: string
  readonly maxRuns?: number
  readonly overlap?: Overlap
  /** How long each run takes, in ms. */
  readonly takes?: number
  /** Called before the schedule begins. */
  readonly during?: (clock: VirtualClock, dueRuns: DueRuns) => void
}

/** Runs a schedule in virtual time; returns when each run started, UTC, and what was said. */
async function schedule({ cron, zone = 'UTC', from, maxRuns, overlap = 'skip', takes = 0, during }: Scheduled) {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  const anchor = Date.parse(from)
  const wall = () => anchor + clock.now()
  const starts: string[] = []
  const said: string[] = []
  const start = () => {
    starts.push(new Date(wall()).toISOString())
    return new Promise<number>((resolve) => after(takes, () => resolve(starts.length % 2)))
  }
  try {
    const dueRuns = new DueRuns({
      times: cronTimes(cron, zone),
      overlap,
      maxRuns,
      start,
      say: (text) => said.push(text),
      wall,
    })
    during?.(clock, dueRuns)
    const codes = await clock.drive(dueRuns.execute())
    return { starts, said, codes, pending: clock.pending }
  } finally {
    goBack()
  }
}

test('runs start at the second, as often as they may', async () => {
  const { starts, codes, said, pending } = await schedule({
    cron: '*/15 9 * * MON-FRI',
    from: '2026-01-02T09:20:00.250Z',
    maxRuns: 3,
    takes: MINUTE,
  })
  expect(starts).toEqual(['2026-01-02T09:30:00.000Z', '2026-01-02T09:45:00.000Z', '2026-01-05T09:00:00.000Z'])
  expect([codes, pending]).toEqual([[1, 0, 1], 0])
  expect(said.slice(0, 3)).toEqual([
    'next run Fri 2026-01-02 09:30:00 UTC, in 10m',
    'run 1 starts',
    'run 1 ended with exit code 1 after 1m',
  ])
})

describe('a run that is due while another one goes on', () => {
  const each = { cron: '*/10 * * * *', from: '2026-01-01T00:00:00Z', takes: 25 * MINUTE, maxRuns: 3 }
  const minutesOf = (starts: readonly string[]) => starts.map((at) => at.slice(11, 16))

  test.each<[Overlap, string[]]>([
    ['skip', ['00:10', '00:40', '01:10']],
    ['queue', ['00:10', '00:35', '01:00']],
    ['allow', ['00:10', '00:20', '00:30']],
  ])('%s', async (overlap, minutes) => {
    expect(minutesOf((await schedule({ ...each, overlap })).starts)).toEqual(minutes)
  })

  test('is told when it is left out', async () => {
    const { said } = await schedule(each)
    expect(said.filter((text) => text.startsWith('left out'))).toHaveLength(4)
  })
})

test('of what was due while the machine slept nothing is started, and that is told', async () => {
  const { starts, said } = await schedule({
    cron: '0 * * * *',
    from: '2026-01-01T00:30:00Z',
    maxRuns: 2,
    during: (clock) => void after(10 * MINUTE, () => clock.stall(5 * HOUR)),
  })
  expect(starts).toEqual(['2026-01-01T06:00:00.000Z', '2026-01-01T07:00:00.000Z'])
  expect(said[1]).toBe('missed: 5 runs from Thu 2026-01-01 01:00:00 UTC on')
})

test('a clock that had been wrong and is set back by far does not stop the schedule', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  let offset = Date.parse('2027-06-01T00:01:00Z')
  after(90_000, () => {
    offset = Date.parse('2026-01-01T00:00:00Z')
  })
  const said: string[] = []
  const starts: string[] = []
  const wall = () => offset + clock.now()
  const start = async () => {
    starts.push(new Date(wall()).toISOString().slice(0, 10))
    return 0
  }
  const options = {
    times: cronTimes('*/2 * * * *', 'UTC'),
    overlap: 'skip',
    maxRuns: 2,
    start,
    say: (text: string) => said.push(text),
    wall,
  } as const
  try {
    await clock.drive(new DueRuns(options).execute())
  } finally {
    goBack()
  }
  expect(starts).toEqual(['2027-06-01', '2026-01-01'])
  expect(said.some((text) => text.startsWith('the clock was set back by'))).toBe(true)
})

test('what ended while the process stood still is known before the next run is left out', async () => {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  const said: string[] = []
  const wall = () => Date.parse('2026-01-01T00:00:30Z') + clock.now()
  let end: (code: number) => void = () => {}
  const start = (n: number) =>
    n === 2
      ? Promise.resolve(0)
      : new Promise<number>((resolve) => {
          end = resolve
        })
  // Within the first run, until a quarter of a minute after the second is due. That the first has ended is known once timers have fired.
  after(35_000, () => {
    clock.stall(70_000)
    after(0, () => end(0))
  })
  const options = {
    times: cronTimes('* * * * *', 'UTC'),
    overlap: 'skip',
    maxRuns: 2,
    start,
    say: (text: string) => said.push(text),
    wall,
  } as const
  try {
    await clock.drive(new DueRuns(options).execute())
  } finally {
    goBack()
  }
  expect(said.filter((text) => /left out|missed/.test(text))).toEqual([])
  expect(said).toContain('run 1 ended with exit code 0 after 1m15s')
  expect(said.at(-1)).toBe('run 2 ended with exit code 0 after 0ms')
})

test('a run that is a few seconds late is started', async () => {
  const { starts, said } = await schedule({
    cron: '0 * * * *',
    from: '2026-01-01T00:59:50Z',
    maxRuns: 1,
    during: (clock) => void after(5000, () => clock.stall(20_000)),
  })
  expect(starts).toEqual(['2026-01-01T01:00:15.000Z'])
  expect(said.join()).not.toContain('missed')
})

test('stop lets the run under way end, and starts no other', async () => {
  const { starts, codes } = await schedule({
    cron: '* * * * *',
    from: '2026-01-01T00:00:00Z',
    takes: 30_000,
    during: (_, dueRuns) => void after(130_000, () => dueRuns.stop()),
  })
  expect([starts.length, codes.length]).toEqual([2, 2])
})

describe('when the clocks change in Berlin', () => {
  const hours = async (cron: string, from: string, maxRuns: number) =>
    (await schedule({ cron, zone: 'Europe/Berlin', from, maxRuns })).starts.map((at) => at.slice(5, 16))

  // 2026-03-29: 01:59:59 CET is followed by 03:00:00 CEST, 01:00 UTC.
  test.each([
    ['30 2 * * *', ['03-28T01:30', '03-29T01:00', '03-30T00:30']],
    ['0 1,2,3 * * *', ['03-28T02:00', '03-29T00:00', '03-29T01:00']],
  ])('forward: %s', async (cron, starts) => {
    expect(await hours(cron, '2026-03-28T01:15:00Z', 3)).toEqual(starts)
  })

  test('forward: every half an hour goes on without a gap', async () => {
    expect(await hours('*/30 * * * *', '2026-03-29T00:15:00Z', 4)).toEqual([
      '03-29T00:30',
      '03-29T01:00',
      '03-29T01:30',
      '03-29T02:00',
    ])
  })

  // 2026-10-25: 02:59:59 CEST is followed by 02:00:00 CET, 01:00 UTC.
  test.each([
    ['30 2 * * *', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
    ['0 1,2,3 * * *', ['10-24T01:00', '10-24T23:00', '10-25T00:00']],
  ])('back: %s is due once', async (cron, starts) => {
    expect(await hours(cron, '2026-10-24T00:15:00Z', 3)).toEqual(starts)
  })

  test('back: every half an hour goes on through both hours', async () => {
    const starts = ['10-25T00:30', '10-25T01:00', '10-25T01:30', '10-25T02:00']
    expect(await hours('*/30 * * * *', '2026-10-25T00:15:00Z', 4)).toEqual(starts)
  })
})
