/** Sends the metrics of a run to other systems, beside the load: every few seconds and at the end. */
import { after, now } from '../clock.ts'
import type { ExportedTo, Result } from '../result/schema.ts'
import { snapshotOf } from './points/snapshot.ts'
import type { ExportEntry, PlannedOutput } from './send/output.ts'
import { fill, OutputQueue } from './send/output-queue.ts'

/** Results are offered every few seconds. One that comes at most this many ms too early is sent too. */
const SLACK_MS = 500

/** One item of `export` in a scenario, together with the output (an address or a file) to which it sends the metrics of a run. */
export interface Destination {
  readonly entry: ExportEntry
  readonly planned: PlannedOutput
}

interface Exported extends Destination {
  readonly queue: OutputQueue
  /** When the next snapshot is due, in monotonic ms. The first one goes out with the first checkpoint, so that errors show early. */
  nextAt: number
}

/** Sends the metrics of a run to all outputs that the scenario lists in `export`: every few seconds during the run, and once more at the end. */
export class Exporter {
  private readonly all: readonly Exported[]
  private making: Promise<void> | undefined

  private constructor(all: readonly Exported[]) {
    this.all = all
  }

  /**
   * Opens the outputs without sending anything. `folder` is the folder of the run; `onFirstLoss` is called once for each output that fails to accept
   * a snapshot.
   */
  static async open(
    destinations: readonly Destination[],
    folder: string,
    onFirstLoss: (where: string, error: string) => void,
  ): Promise<Exporter> {
    const opened = destinations.map(async (one) => {
      const queue = new OutputQueue(await one.planned.open(folder), (error) =>
        onFirstLoss(`${one.entry.kind} ${one.planned.to}`, error),
      )
      return { ...one, queue, nextAt: now() }
    })
    return new Exporter(await Promise.all(opened))
  }

  /** Sends the metrics of a checkpoint to the outputs that are due. Secrets in the result must be masked. */
  offer(result: Result): void {
    const at = now()
    const due = this.all.filter(({ nextAt }) => nextAt - SLACK_MS <= at)
    if (due.length === 0 || this.making) return
    for (const one of due) one.nextAt = Math.max(one.nextAt + one.entry.everyMs, at)
    this.making = this.sendTo(due, result).finally(() => {
      this.making = undefined
    })
  }

  private sendTo(due: readonly Exported[], result: Result): Promise<void> {
    return fill(
      due.map(({ queue }) => queue),
      snapshotOf(result),
    )
  }

  /** Sends the metrics of the final result, and waits at most `timeoutMs` until all are accepted. Returns how each output ended. Called once. */
  async end(result: Result, timeoutMs: number): Promise<readonly ExportedTo[]> {
    const stop = after(timeoutMs, () => this.giveUp())
    await this.making
    await this.sendTo(this.all, result)
    await Promise.all(this.all.map(({ queue }) => queue.settled()))
    stop()
    for (const { queue } of this.all) queue.close()
    return this.all.map(({ entry: { kind }, planned: { to }, queue: { sent, lost, leftOut, rejected, remark, error } }) => ({
      ...{ kind, to, sent, lost, error },
      ...(leftOut > 0 && { leftOut }),
      ...(rejected > 0 && { rejected }),
      ...(remark !== null && { remark }),
    }))
  }

  /** Ends all sending that is under way. */
  giveUp(): void {
    for (const { queue } of this.all) queue.giveUp()
  }
}
