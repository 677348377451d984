/** A queue for each output of metrics, so that a slow receiver delays no other output and memory stays limited. */
import { after } from '../../clock.ts'
import { inTurns, type Pieces } from '../../pieces.ts'
import type { ExportSnapshot } from '../points/point.ts'
import type { Output, Taken } from './output.ts'

/** The largest number of snapshots that wait. If one more comes, the oldest is dropped, because later totals include its own. */
const MAX_WAITING = 10
/** How long an output may still take after it was asked to give up, in ms. */
const LAST_MS = 500
const OUT_OF_TIME: Taken = { error: 'given up: there was no time left' }

/** Sends the snapshots of a run's metrics to one output, one after the other. Up to ten wait while one is sent; then the oldest is dropped. */
export class OutputQueue {
  /** Number of snapshots that the output accepted. */
  sent = 0
  /** Number of snapshots that were not accepted, or were dropped because too many waited. */
  lost = 0
  /** Number of values that were left out of a snapshot because a metric had too many; the largest number in any snapshot. */
  leftOut = 0
  /** Number of values that the receiver rejected from snapshots that it accepted otherwise. */
  rejected = 0
  /** The receiver's latest message about a snapshot that it accepted, such as why it rejected some values; untrusted. Null when there is none. */
  remark: string | null = null
  /** Why the latest lost snapshot was not accepted, untrusted; null when none was lost. */
  error: string | null = null
  private readonly output: Output
  private readonly onFirstLoss: (error: string) => void
  private readonly waiting: ExportSnapshot[] = []
  private readonly givenUp = new AbortController()
  /** Resolves when an output that was asked to give up has used its remaining time; what it has not sent then is lost. */
  private readonly abandoned = Promise.withResolvers<Taken>()
  private stopTimer: (() => void) | undefined
  private underWay: Promise<void> | undefined

  /** `onFirstLoss` is called once, with the reason, when the first snapshot was not accepted. */
  constructor(output: Output, onFirstLoss: (error: string) => void) {
    this.output = output
    this.onFirstLoss = onFirstLoss
  }

  /** Sends a snapshot after those before it. */
  send(snapshot: ExportSnapshot): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.waiting.shift()
      this.lose('the receiver is too slow')
    }
    this.leftOut = Math.max(this.leftOut, snapshot.leftOut)
    this.waiting.push(snapshot)
    this.underWay ??= this.work()
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const { error, rejected = 0, remark = this.remark } = await this.offer(next)
      this.rejected += rejected
      this.remark = remark
      if (error === null) this.sent += 1
      else this.lose(error)
    }
    this.underWay = undefined
  }

  /** Hands a snapshot to the output. If the output throws or never answers, although it should not, the snapshot is lost, and the run goes on. */
  private async offer(state: ExportSnapshot): Promise<Taken> {
    try {
      return await Promise.race([this.abandoned.promise, this.output.send(state, this.givenUp.signal)])
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Counts a snapshot that was not accepted. */
  lose(error: string): void {
    this.lost += 1
    // An earlier error explains more than the message that no time was left.
    if (this.error === null || !this.givenUp.signal.aborted) this.error = error
    if (this.lost === 1) this.onFirstLoss(error)
  }

  /** Resolves when no snapshot waits any more. */
  async settled(): Promise<void> {
    while (this.underWay) await this.underWay
  }

  /** Asks the output to give up. What it has not accepted half a second later is lost. */
  giveUp(): void {
    this.givenUp.abort()
    this.stopTimer ??= after(LAST_MS, () => this.abandoned.resolve(OUT_OF_TIME))
  }

  close(): void {
    this.stopTimer?.()
    this.output.close?.()
  }
}

/**
 * Takes a snapshot of all exported metrics in short slices of work, so that the load is not held up, and adds it to the queue of each output. Never
 * rejects: on an error, each queue counts a lost snapshot.
 */
export async function fill(queues: readonly OutputQueue[], making: Pieces<ExportSnapshot>): Promise<void> {
  try {
    const { made } = await inTurns(making)
    for (const queue of queues) queue.send(made)
  } catch (error) {
    // An error here is a bug in burn, which must not end the run.
    for (const queue of queues) queue.lose(error instanceof Error ? error.message : String(error))
  }
}
