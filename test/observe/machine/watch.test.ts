import { describe, expect, test } from 'vitest'
import { goBy } from '../../../src/clock.ts'
import type { MachineReading } from '../../../src/observe/machine/catalogue.ts'
import { LocalMachine, type MachineSource, type WatchedProcess } from '../../../src/observe/machine/local.ts'
import { MachineWatch } from '../../../src/observe/machine/machine-watch.ts'
import { ProcessFigures } from '../../../src/observe/machine/process-figures.ts'
import { resultSchema } from '../../../src/result/schema.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { statOf, systemOf } from './systems.ts'

/** A machine that gives these readings, one after the other, and then the last again. */
class Scripted implements MachineSource {
  readonly from = null
  readonly host = 'here'
  private readonly script: (MachineReading | Error)[]
  private readonly rows: (readonly WatchedProcess[] | null)[]

  constructor(script: (MachineReading | Error)[], rows: (readonly WatchedProcess[] | null)[] = [null]) {
    this.script = script
    this.rows = rows
  }

  async read(): Promise<MachineReading> {
    const next = this.script.length > 1 ? this.script.shift() : this.script[0]
    if (next === undefined || next instanceof Error) throw next
    return next
  }

  async processes() {
    return (this.rows.length > 1 ? this.rows.shift() : this.rows[0]) ?? null
  }

  async close() {}
}

const reading = (busy: number, all: number, received: number, memory?: number): MachineReading => ({
  gauges: { memory },
  counters: { net_received_bytes: new Map([['eth0', received]]) },
  cpuTime: { busy, all },
})

/** Watches for `ms` of virtual time. */
async function watched(source: MachineSource, ms: number, everyMs = 1000) {
  const clock = new VirtualClock()
  const goBack = goBy(clock)
  try {
    const watch = new MachineWatch(source, everyMs)
    await watch.begin()
    watch.start(0)
    await clock.drive(new Promise<void>((resolve) => clock.after(ms, resolve)))
    await watch.finish()
    return watch.read()
  } finally {
    goBack()
  }
}

describe('a machine that is watched', () => {
  test('has shares of CPU time and growth per second between its readings', async () => {
    const script = [
      reading(0, 0, 100, 0.9),
      reading(50, 100, 1100, 0.2),
      reading(130, 200, 5100, 0.4),
      reading(130, 200, 5100, 0.4),
    ]
    const { gauges, counters, series, samples, failed, processes } = await watched(new Scripted(script), 2500)
    expect({ samples, failed, processes }).toEqual({ samples: 4, failed: 0, processes: null })
    expect(gauges.cpu).toEqual({ unit: 'ratio', count: 2, min: 0.5, mean: 0.65, max: 0.8, p95: 0.8 })
    // What was before the load says nothing of it.
    expect(gauges.memory).toMatchObject({ count: 2, min: 0.2, max: 0.4 })
    expect(gauges.swap).toBeNull()
    expect(counters.net_received_bytes).toEqual({ unit: 'bytes', delta: 5000, perSecond: 2000, maxPerSecond: 4000, resets: 0 })
    expect(counters.disk_reads).toBeNull()
    expect(series).toEqual([
      { t: 1000, values: { cpu: 0.5, memory: 0.2, net_received_bytes: 1000 } },
      { t: 2000, values: { cpu: 0.8, memory: 0.4, net_received_bytes: 4000 } },
    ])
  })

  test('that cannot be read is counted, and the run goes on', async () => {
    const machine = await watched(new Scripted([new Error('gone'), reading(1, 10, 0), new Error('again')]), 2500)
    expect(machine).toMatchObject({ samples: 4, failed: 3, error: 'again', sinceMs: 1000, untilMs: 1000 })
    expect(machine.gauges.cpu).toBeNull()
    expect(machine.counters.net_received_bytes).toMatchObject({ delta: 0, perSecond: null, maxPerSecond: null })
    expect(resultSchema.shape.machine.safeParse([machine]).success).toBe(true)
  })

  test('has processes, and a pid that is used again is another one', async () => {
    const row = (cpuSeconds: number, startedAt: string, rssBytes: number | null = 1024) => {
      return { asked: 'app', pid: 7, name: 'app', cpuSeconds, startedAt, rssBytes }
    }
    const rows = [[row(0, 'a')], [row(0.5, 'a', 3072)], [row(2, 'a')], [row(0, 'b', null)], []]
    const { processes } = await watched(new Scripted([reading(0, 0, 0)], rows), 3500)
    expect(processes).toEqual([
      {
        asked: 'app',
        pid: 7,
        name: 'app',
        fromMs: 0,
        untilMs: 2000,
        cpu: { count: 2, min: 0.5, mean: 1, max: 1.5, p95: 1.5 },
        rssBytes: { count: 3, min: 1024, mean: 5120 / 3, max: 3072, p95: 3072 },
      },
      { asked: 'app', pid: 7, name: 'app', fromMs: 3000, untilMs: 3000, cpu: null, rssBytes: null },
    ])
  })
})

describe('the figures of processes', () => {
  const row = (asked: string, pid: number, cpuSeconds: number) => {
    return { asked, pid, name: asked, cpuSeconds, startedAt: '1', rssBytes: 1000 * pid }
  }
  const taken = (...looks: ReturnType<typeof row>[][]) => {
    const figures = new ProcessFigures()
    for (const [at, rows] of looks.entries()) figures.take(rows, at * 1000)
    return (figure: string, asked: string) => figures.figures(figure, asked)?.map(({ max }) => max)
  }

  test('are those of each process of a name that was seen twice', () => {
    const of = taken([row('app', 1, 0), row('app', 2, 0), row('db', 3, 0)], [row('app', 1, 0.5), row('app', 2, 2)])
    expect(of('process_cpu', 'app')).toEqual([0.5, 2])
    expect(of('process_rss_bytes', 'app')).toEqual([1000, 2000])
    // Seen at half of the looks, but once: how busy it was nobody knows.
    expect(of('process_cpu', 'db')).toBeUndefined()
    expect(of('process_rss_bytes', 'db')).toEqual([3000])
    expect(of('process_cpu', 'nobody')).toBeUndefined()
  })

  test('are not known of a name that was gone for most of the time, or has more processes than are listed', () => {
    const gone = taken([row('app', 1, 0)], [row('app', 1, 1)], [], [], [])
    expect(gone('process_cpu', 'app')).toBeUndefined()
    const many = (cpu: number) => Array.from({ length: 201 }, (_, pid) => row('app', pid, cpu))
    expect(taken(many(0), many(1))('process_cpu', 'app')).toBeUndefined()
  })
})

describe('processes that are too many to be watched', () => {
  // None of these can be that of the tests themselves.
  const FIRST_PID = process.pid + 1
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, n) => [
        [`/proc/${n + FIRST_PID}/comm`, 'app\n'],
        [`/proc/${n + FIRST_PID}/stat`, statOf(n + FIRST_PID, 'app', 100)],
      ]).flat(),
    )

  test('are counted by name', async () => {
    const machine = new LocalMachine(['app', 'db'], systemOf(many(62)))
    expect(await machine.processes()).toHaveLength(50)
    expect(machine.unwatched).toEqual(new Map([['app', 12]]))
    const few = new LocalMachine(['app'], systemOf(many(50)))
    expect([(await few.processes())?.length, few.unwatched.size]).toEqual([50, 0])
  })

  test('are in the result, and of that name no figure is known', async () => {
    const row: WatchedProcess = { asked: 'app', pid: 1, name: 'app', cpuSeconds: 0, startedAt: '1', rssBytes: 1 }
    const source = Object.assign(new Scripted([reading(0, 0, 0)], [[row]]), { unwatched: new Map([['app', 12]]), asked: ['app'] })
    const watch = new MachineWatch(source, 1000)
    await watch.begin()
    expect(watch.read()).toMatchObject({ processes: [{ pid: 1 }], processesUnlisted: [{ asked: 'app', processes: 12 }] })
    expect(watch.processFigures('process_rss_bytes', 'app')).toEqual([undefined])
  })

  test('are not in the result of a machine that has none', async () => {
    expect(await watched(new Scripted([reading(0, 0, 0)], [[]]), 2500)).not.toHaveProperty('processesUnlisted')
  })
})
