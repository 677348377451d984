/** Sends the metrics of a recorded run to the destinations that its scenario and flags name. */
import { Control } from '../../engine/schedule/control.ts'
import { type Destination, Exporter } from '../../export/exporter.ts'
import type { ExportedTo, Result } from '../../result/schema.ts'
import type { Log } from '../output/log.ts'
import { checkFiles } from './files.ts'

/** How long a run waits for receivers of metrics after its end, in ms. */
const FLUSH_MS = 10_000

/** The part of the process's signal handling that exports need: a signal ends the wait for receivers. */
interface ExportSignals {
  attach(control: Control): void
  graceMs(planned: number): number
}

/** Sends the metrics of one run to the receivers that the scenario and flags name, during the run and at its end. */
export class MetricsOut {
  private readonly exporter: Exporter
  private readonly signals: ExportSignals
  private readonly log: Log

  private constructor(exporter: Exporter, signals: ExportSignals, log: Log) {
    this.exporter = exporter
    this.signals = signals
    this.log = log
  }

  /** Opens the destinations; `folder` is the run's folder. @throws UsageError, LocalError for a file that cannot be written */
  static async open(destinations: readonly Destination[], folder: string, signals: ExportSignals, log: Log): Promise<MetricsOut> {
    checkFiles(
      destinations.flatMap(({ planned }) => planned.fileIn?.(folder) ?? []),
      folder,
    )
    const onFirstLoss = (where: string, error: string) => log('warn', `metrics to ${where} are not taken: ${error}`)
    return new MetricsOut(await Exporter.open(destinations, folder, onFirstLoss), signals, log)
  }

  /** Sends the metrics of a checkpoint (the result so far), in which secrets are already masked. */
  offer(result: Result): void {
    this.exporter.offer(result)
  }

  /**
   * Sends the metrics of the final result `written`, and waits for the receivers; a signal ends the wait. Returns the result `measured` with the
   * counts of sent and lost metrics added.
   */
  async end(measured: Result, written: Result): Promise<Result> {
    const control = new Control()
    this.signals.attach(control)
    const unsubscribe = control.onChange(() => this.exporter.giveUp())
    const exports = await this.exporter.end(written, this.signals.graceMs(FLUSH_MS))
    unsubscribe()
    const notes = exports.flatMap(lossOf)
    for (const note of notes) this.log('warn', note)
    return { ...measured, exports, notes: [...measured.notes, ...notes] }
  }
}

function lossOf({ kind, to, sent, lost, leftOut = 0, rejected = 0, remark, error }: ExportedTo): string[] {
  const why = error === null ? '' : `: ${error}`
  const says = remark === undefined ? '' : `: ${remark}`
  return [
    ...(lost > 0 ? [`metrics to ${kind} ${to}: ${lost} of ${sent + lost} states were not taken${why}`] : []),
    ...(leftOut > 0 ? [`metrics to ${kind} ${to}: ${leftOut} values were left out: each metric has at most 1,000`] : []),
    ...(rejected > 0 ? [`metrics to ${kind} ${to}: the receiver refused ${rejected} values${says}`] : []),
    ...(rejected === 0 && remark !== undefined ? [`metrics to ${kind} ${to}: the receiver says: ${remark}`] : []),
  ]
}
