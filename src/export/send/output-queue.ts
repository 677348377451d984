/** A queue for each output, so that a slow receiver holds up no other one and memory stays bounded. */
import { after } from '../../clock.ts'
import { inTurns, type Pieces } from '../../pieces.ts'
import type { ExportSnapshot } from '../points/point.ts'
import type { Output, Taken } from './output.ts'

/** States of the metrics that wait at most; the oldest is dropped for the next, which holds its sums as well. */
const MAX_WAITING = 10
/** How long an output may still take after it was told to give up, in ms. */
const LAST_MS = 500
const OUT_OF_TIME: Taken = { error: 'given up: there was no time left' }

/** Sends the snapshots of a run's metrics to one output, one after the other. While one is under way, up to ten wait; then the oldest is dropped. */
export class OutputQueue {
  /** States that were taken. */
  sent = 0
  /** States that were not taken, or dropped because too many waited. */
  lost = 0
  /** Values that were in no state, because their metric had too many; of the state with the most. */
  leftOut = 0
  /** Values that the receiver refused of states that it took. */
  rejected = 0
  /** What the receiver said last of states that it took, such as why it refused some values; untrusted. Null for nothing. */
  remark: string | null = null
  /** Why the last one that was lost was not taken, untrusted; null without one. */
  error: string | null = null
  private readonly output: Output
  private readonly onFirstLoss: (error: string) => void
  private readonly waiting: ExportSnapshot[] = []
  private readonly givenUp = new AbortController()
  /** Resolves when an output that was told to give up has had its time: what it still holds is lost. */
  private readonly abandoned = Promise.withResolvers<Taken>()
  private stopTimer: (() => void) | undefined
  private underWay: Promise<void> | undefined

  /** `onFirstLoss` is told why the first state was not taken. */
  constructor(output: Output, onFirstLoss: (error: string) => void) {
    this.output = output
    this.onFirstLoss = onFirstLoss
  }

  /** Sends a state when those before it are gone. */
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

  /** An output that throws, or never answers, against its promise loses the state: it must not end the run, nor hold it up. */
  private async offer(state: ExportSnapshot): Promise<Taken> {
    try {
      return await Promise.race([this.abandoned.promise, this.output.send(state, this.givenUp.signal)])
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Counts a state that was not taken. */
  lose(error: string): void {
    this.lost += 1
    // That there was no time left says less than what came before.
    if (this.error === null || !this.givenUp.signal.aborted) this.error = error
    if (this.lost === 1) this.onFirstLoss(error)
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.underWay) await this.underWay
  }

  /** Ends what is under way; all that is not taken half a second later is lost. */
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
 * Makes a snapshot of the metrics in short slices of work, so that the load is not held up, and adds it to the queues of the outputs. Never
 * rejects: an error counts in each queue as a lost snapshot.
 */
export async function fill(queues: readonly OutputQueue[], making: Pieces<ExportSnapshot>): Promise<void> {
  try {
    const { made } = await inTurns(making)
    for (const queue of queues) queue.send(made)
  } catch (error) {
    // A fault of ours, which must not end the run.
    for (const queue of queues) queue.lose(error instanceof Error ? error.message : String(error))
  }
}
