/** Collects the CPU time and memory of the processes that a scenario watches. */
import type { WatchedMachine } from '../../result/schema.ts'
import { GaugeValues } from '../gauge.ts'
import { spreadOf } from './figures.ts'
import type { WatchedProcess } from './local.ts'

/** The largest number of processes that are listed, because a name may belong to many processes that start and end. */
const MAX_LISTED = 200

/** The largest number of processes that are counted without being listed. */
const MAX_COUNTED = 10_000

type ProcessRow = NonNullable<WatchedMachine['processes']>[number]

interface FollowedProcess {
  readonly asked: string
  readonly pid: number
  readonly name: string
  readonly fromMs: number
  untilMs: number
  cpuSeconds: number
  readonly cpu: GaugeValues
  readonly rss: GaugeValues
}

/** The latest CPU use and memory of a process that `burn monitor` or `monitor:` watches. */
interface LatestProcess {
  readonly pid: number
  readonly name: string
  /** The CPU use since the reading before, where 1 is one whole CPU; null at the first reading. */
  readonly cpu: number | null
  readonly rssBytes: number | null
}

/**
 * Collects the CPU use and memory of the processes that `burn monitor`, or `monitor:` in a scenario, reads at regular intervals. A new process with
 * the pid of an ended one counts as another process. After 200 processes, further ones are only counted.
 */
export class ProcessFigures {
  private readonly followed = new Map<string, FollowedProcess>()
  private looks = 0
  /** Number of readings in which a process was found, by the name or pid in the scenario. */
  private readonly seen = new Map<string, number>()
  /**
   * Processes that are not listed, by the name or pid in the scenario: those that were found after the list was full, and the largest number that
   * were not watched.
   */
  private readonly unlisted = new Map<string, { readonly late: Set<string>; unwatched: number }>()
  latest: readonly LatestProcess[] = []

  /** Adds the readings of processes made `atMs` ms after the run began. `unwatched` is the number of further processes of each name. */
  take(rows: readonly WatchedProcess[], atMs: number, unwatched: ReadonlyMap<string, number> = new Map()): void {
    for (const [asked, count] of unwatched) {
      const those = this.unlistedOf(asked)
      those.unwatched = Math.max(those.unwatched, count)
    }
    this.latest = rows.map((row) => this.follow(row, atMs))
    this.looks += 1
    for (const asked of new Set(rows.map((row) => row.asked))) this.seen.set(asked, (this.seen.get(asked) ?? 0) + 1)
  }

  /**
   * Returns the values of `process_cpu` or `process_rss_bytes` for each process that the scenario watches by this name or pid. Undefined when such a
   * process was found in less than half of the readings, or when some are not listed, because those may be the busiest.
   */
  figures(figure: string, asked: string): readonly GaugeValues[] | undefined {
    if ((this.seen.get(asked) ?? 0) * 2 < this.looks || this.unlisted.has(asked)) return undefined
    const own = [...this.followed.values()].filter((one) => one.asked === asked)
    const known = own.map(({ cpu, rss }) => (figure === 'process_cpu' ? cpu : rss)).filter(({ count }) => count > 0)
    return known.length > 0 ? known : undefined
  }

  private follow({ asked, pid, name, startedAt, cpuSeconds, rssBytes }: WatchedProcess, atMs: number): LatestProcess {
    const key = `${pid} ${startedAt}`
    const known = this.followed.get(key)
    const now = known ?? {
      asked,
      pid,
      name,
      fromMs: atMs,
      untilMs: atMs,
      cpuSeconds,
      cpu: new GaugeValues(),
      rss: new GaugeValues(),
    }
    if (known === undefined && this.followed.size < MAX_LISTED) this.followed.set(key, now)
    else if (known === undefined) this.missed(asked, key)
    const seconds = (atMs - now.untilMs) / 1000
    const cpu = seconds > 0 ? Math.max(0, cpuSeconds - now.cpuSeconds) / seconds : null
    // By the time between both readings, so that the mean is the CPU time that was used, divided by the whole time.
    if (cpu !== null) now.cpu.take(cpu, seconds)
    if (rssBytes !== null) now.rss.take(rssBytes)
    now.untilMs = atMs
    now.cpuSeconds = cpuSeconds
    return { pid, name, cpu, rssBytes }
  }

  private missed(asked: string, key: string): void {
    const { late } = this.unlistedOf(asked)
    if (late.size < MAX_COUNTED) late.add(key)
  }

  private unlistedOf(asked: string) {
    const those = this.unlisted.get(asked) ?? { late: new Set(), unwatched: 0 }
    this.unlisted.set(asked, those)
    return those
  }

  /** Returns how many processes of each name or pid are not listed, at the least. */
  readUnlisted(): NonNullable<WatchedMachine['processesUnlisted']> {
    return [...this.unlisted].map(([asked, { late, unwatched }]) => ({ asked, processes: Math.max(late.size, unwatched) }))
  }

  read(): ProcessRow[] {
    const known = (values: GaugeValues) => (values.count === 0 ? null : spreadOf(values))
    return [...this.followed.values()].map(({ asked, pid, name, fromMs, untilMs, cpu, rss }) => {
      return { asked, pid, name, fromMs, untilMs, cpu: known(cpu), rssBytes: known(rss) }
    })
  }
}
