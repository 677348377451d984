/** Reads the metrics of one machine repeatedly, beside the load. */
import { now } from '../../clock.ts'
import type { WatchedMachine } from '../../result/schema.ts'
import { AnswerCounts } from '../asking/answer-counts.ts'
import { onTimetable } from '../asking/timetable.ts'
import type { GaugeValues } from '../gauge.ts'
import { MachineFigures } from './figures.ts'
import type { MachineSource } from './local.ts'
import { ProcessFigures } from './process-figures.ts'

/** Whether burn itself, or a target, runs on the machine whose metrics are read; null where unknown. */
type MachinePlace = Pick<WatchedMachine, 'withBurn' | 'withTarget'>

/**
 * Reads the metrics of one machine (CPU, memory, network, disk) again and again while a run lasts, and collects them for the result. Never throws:
 * failures are counted.
 */
export class MachineWatch {
  readonly source: MachineSource
  private readonly everyMs: number
  private readonly figures = new MachineFigures()
  private readonly followed = new ProcessFigures()
  private hasProcesses = false
  /** The moment from which times are counted, in monotonic ms. Until `start` is called, all times are 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private readonly answers = new AnswerCounts()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}
  /** When the machine was booted, in s since 1970; undefined when that is unknown. */
  bootedAt: number | undefined
  /** Whether burn or a target runs on this machine; the code that finds out sets it. */
  place: MachinePlace

  constructor(source: MachineSource, everyMs: number) {
    this.source = source
    this.place = { withBurn: source.from === null ? true : null, withTarget: null }
    this.everyMs = everyMs
  }

  /** Reads the metrics for the first time, so that growth is counted from before the load. Resolves when that is done. */
  begin(): Promise<void> {
    return this.look(false)
  }

  /** Reads the metrics repeatedly from now on. Times are counted from `startedAt`, in monotonic ms. */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = onTimetable(startedAt, this.everyMs, () => void this.look(true))
  }

  /** Reads the metrics for the last time, so that growth is counted until after the load. */
  async finish(): Promise<void> {
    this.endTimer()
    await this.underWay
    if (Number.isFinite(this.startedAt)) await this.look(false)
  }

  async close(): Promise<void> {
    this.endTimer()
    await this.underWay
    await this.source.close()
  }

  /** The values of the last reading, and in `failed` why there is none; null when a reading has succeeded. */
  get latest() {
    return { values: this.figures.latest, processes: this.followed.latest, failed: this.answers.silence }
  }

  /** Returns the values of one metric by its name in the result; undefined when the machine does not report it. */
  figure(name: string): ReturnType<MachineFigures['figure']> {
    return this.figures.figure(name)
  }

  /**
   * Returns the values of one metric of the watched processes, such as `process_cpu`. With `name`, only processes that the scenario watches by this
   * name or pid count. An entry is undefined when too little is known about a name.
   */
  processFigures(figure: string, name: string | undefined): (GaugeValues | undefined)[] {
    const { asked = [] } = this.source
    return asked
      .filter((one) => name === undefined || one === name)
      .flatMap((one): readonly (GaugeValues | undefined)[] => {
        return (this.isKnown(false) && this.followed.figures(figure, one)) || [undefined]
      })
  }

  /** True when enough readings succeeded to evaluate a metric; `isSum` is true for a metric that grows over the run. */
  isKnown(isSum: boolean): boolean {
    return this.answers.isEnough(isSum)
  }

  /** True when the machine answered until the end, and often enough to evaluate its states. */
  get isSeen(): boolean {
    return this.answers.isEnough(false) && !this.answers.isSilentNow
  }

  /** Returns all metrics that were collected so far. */
  read(): WatchedMachine {
    const { source, place } = this
    const { asked, failed, error } = this.answers.counts
    const processes = this.hasProcesses ? this.followed.read() : null
    const unlisted = this.followed.readUnlisted()
    const processesUnlisted = unlisted.length > 0 && { processesUnlisted: unlisted }
    const figures = { ...this.figures.read(), processes, ...processesUnlisted }
    return { host: source.host, from: source.from, ...place, samples: asked, failed, error, ...figures }
  }

  /** Reads the metrics once, unless an earlier reading is still under way. */
  look(isLoaded: boolean): Promise<void> {
    this.underWay ??= this.answers
      .count(isLoaded, () => this.once(isLoaded))
      .finally(() => {
        this.underWay = undefined
      })
    return this.underWay
  }

  private sinceStart(): number {
    return Math.max(0, now() - this.startedAt)
  }

  private async once(isLoaded: boolean): Promise<void> {
    const reading = await this.source.read()
    const atMs = this.sinceStart()
    this.bootedAt = reading.bootedAt ?? this.bootedAt
    this.figures.take(reading, atMs, isLoaded)
    const processes = await this.source.processes()
    if (processes === null) return
    this.hasProcesses = true
    this.followed.take(processes, this.sinceStart(), this.source.unwatched)
  }
}
