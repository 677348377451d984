/** Reads the metrics of one machine again and again, beside whatever else goes on. */
import { now } from '../../clock.ts'
import type { WatchedMachine } from '../../result/schema.ts'
import { AnswerCounts } from '../asking/answer-counts.ts'
import { onTimetable } from '../asking/timetable.ts'
import type { GaugeValues } from '../gauge.ts'
import { MachineFigures } from './figures.ts'
import type { MachineSource } from './local.ts'
import { ProcessFigures } from './process-figures.ts'

/** Whether burn, or a target, runs on the watched machine, as far as that is known. */
export type MachinePlace = Pick<WatchedMachine, 'withBurn' | 'withTarget'>

/** Reads the metrics of one machine again and again while a run goes on, and collects them. Never throws: failures are counted. */
export class MachineWatch {
  readonly source: MachineSource
  private readonly everyMs: number
  private readonly figures = new MachineFigures()
  private readonly followed = new ProcessFigures()
  private hasProcesses = false
  /** When times begin; before that everything is at 0. */
  private startedAt = Number.POSITIVE_INFINITY
  private readonly answers = new AnswerCounts()
  private underWay: Promise<void> | undefined
  private endTimer = (): void => {}
  /** When the machine was started, in s since 1970; undefined when it does not tell. */
  bootedAt: number | undefined
  /** What is known of where it stands; whoever knows sets it. */
  place: MachinePlace

  constructor(source: MachineSource, everyMs: number) {
    this.source = source
    this.place = { withBurn: source.from === null ? true : null, withTarget: null }
    this.everyMs = everyMs
  }

  /** Looks for the first time, so that sums count from before the load; resolves when that is over. */
  begin(): Promise<void> {
    return this.look(false)
  }

  /** Goes on looking; times count from `startedAt` (monotonic, in ms). */
  start(startedAt: number): void {
    this.startedAt = startedAt
    this.endTimer = onTimetable(startedAt, this.everyMs, () => void this.look(true))
  }

  /** Looks for the last time, so that sums count until after the load. */
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

  /** What the last look showed, and why there is nothing; null when there was something before. */
  get latest() {
    return { values: this.figures.latest, processes: this.followed.latest, failed: this.answers.silence }
  }

  /** Returns one figure by its name in the result; undefined when the machine tells nothing of it. */
  figure(name: string): ReturnType<MachineFigures['figure']> {
    return this.figures.figure(name)
  }

  /**
   * Returns the values of one figure of its processes, such as `process_cpu`; only of those of `name`, a name or pid that was asked for, if
   * that is given. Undefined stands for a name of which too little is known.
   */
  processFigures(figure: string, name: string | undefined): (GaugeValues | undefined)[] {
    const { asked = [] } = this.source
    return asked
      .filter((one) => name === undefined || one === name)
      .flatMap((one): readonly (GaugeValues | undefined)[] => {
        return (this.isKnown(false) && this.followed.figures(figure, one)) || [undefined]
      })
  }

  /** True when it answered often enough to be judged; `isSum` asks it of what grows over the run. */
  isKnown(isSum: boolean): boolean {
    return this.answers.isEnough(isSum)
  }

  /** True when it answered to the end, and often enough for its states to be judged. */
  get isSeen(): boolean {
    return this.answers.isEnough(false) && !this.answers.isSilentNow
  }

  /** Returns all figures until now. */
  read(): WatchedMachine {
    const { source, place } = this
    const { asked, failed, error } = this.answers.counts
    const processes = this.hasProcesses ? this.followed.read() : null
    const unlisted = this.followed.readUnlisted()
    const processesUnlisted = unlisted.length > 0 && { processesUnlisted: unlisted }
    const figures = { ...this.figures.read(), processes, ...processesUnlisted }
    return { host: source.host, from: source.from, ...place, samples: asked, failed, error, ...figures }
  }

  /** Looks once; not while the look before still goes on. */
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
