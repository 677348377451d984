/** `result.json`: written whole or not at all, checkpointed while the run goes. */
import { now } from '../clock.ts'
import type { Result } from '../result/schema.ts'
import { type AtomicFs, writeAtomically } from './files/atomic.ts'

/** Whoever kills a short run wants most of it kept; a long one can do with less. */
const EARLY = { untilMs: 60_000, everyMs: 2000 }
const EVERY_MS = 5000
/** Checkpoints are offered about once a second: one that comes a little early is as good. */
const OFFER_SLACK_MS = 500
/** Making one lets nothing else run: at most this share of the time, or the generator is late because of it. */
const MAX_SHARE = 1 / 200
const LONGEST_WAIT_MS = 15_000

/** Writes a result, or a list of several, to a file. @throws LocalError when that fails */
export async function writeResult(path: string, result: Result | readonly Result[], disk?: AtomicFs): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(result, null, 2)}\n`, disk)
}

/** What differs from the usual: every 2 s in the first minute, then every 5 s, or less often where it takes its time. */
interface CheckpointOptions {
  readonly everyMs?: number
  /** Largest share of the run's time that making checkpoints may take. */
  readonly maxShare?: number
  readonly disk?: AtomicFs
}

/** Writes the result so far (a checkpoint) to the result file, again and again while a run lasts. It never writes two at the same time. */
export class ResultCheckpointer {
  private readonly path: string
  private readonly options: CheckpointOptions
  private nextAt = Number.NEGATIVE_INFINITY
  private earlyUntil = Number.NaN
  /** How long the process was busy with the last one, in ms. */
  private tookMs = 0
  private busy: Promise<void> | undefined
  /** The first failure to write; later checkpoints are tried all the same. */
  error: Error | undefined

  /** Makes the writer for the file `path`; the first checkpoint is due at once. */
  constructor(path: string, options: CheckpointOptions = {}) {
    this.path = path
    this.options = options
  }

  /** Writes the result that `take` returns, if a checkpoint is due and none is being written. A failed write does not throw. */
  offer(take: () => Result): void {
    const startedAt = now()
    if (this.busy !== undefined || startedAt < this.nextAt) return
    const written = writeResult(this.path, take(), this.options.disk)
    this.nextAt = startedAt + this.waitMs(startedAt, now() - startedAt)
    this.busy = written
      .catch((error: unknown) => {
        this.error ??= error instanceof Error ? error : new Error(String(error))
      })
      .finally(() => {
        this.busy = undefined
      })
  }

  /** How long after this one the next is due, given how long the process was busy with it, in ms. One slow one alone is chance. */
  private waitMs(at: number, tookMs: number): number {
    if (Number.isNaN(this.earlyUntil)) this.earlyUntil = at + EARLY.untilMs
    const everyMs = this.options.everyMs ?? (at < this.earlyUntil ? EARLY.everyMs : EVERY_MS)
    const costMs = Math.min(tookMs, this.tookMs)
    this.tookMs = tookMs
    return Math.max(everyMs, Math.min(LONGEST_WAIT_MS, costMs / (this.options.maxShare ?? MAX_SHARE))) - OFFER_SLACK_MS
  }

  /** Waits for a checkpoint that is being written, then writes the final result. @throws LocalError */
  async finish(result: Result): Promise<void> {
    this.nextAt = Number.POSITIVE_INFINITY
    await this.busy
    await writeResult(this.path, result, this.options.disk)
  }
}
