/** Writes `result.json`, always complete: checkpoints while the run lasts, and the final result. */
import * as background from 'node:fs/promises'
import { now } from '../clock.ts'
import { inTurns, type Pieces } from '../pieces.ts'
import type { Result } from '../result/schema.ts'
import { jsonFileText } from '../text/escape.ts'
import { type AtomicFs, writeAtomically } from './files/atomic.ts'
import { jsonInPieces } from './json-pieces.ts'

/** How often checkpoints are made at the start of a run: every 2 s in the first minute, because a short run that is killed should lose little. */
const EARLY = { untilMs: 60_000, everyMs: 2000 }
const EVERY_MS = 5000
/** Checkpoints are offered about once a second. One that comes at most this many ms too early is written too. */
const OFFER_SLACK_MS = 500
/** The largest share of the run's time that the process may spend on making checkpoints, because it has to generate load at the same time. */
const MAX_SHARE = 1 / 200
const LONGEST_WAIT_MS = 15_000

/** Writes a result, or a list of several, to a file. @throws LocalError when that fails */
export async function writeResult(path: string, result: Result | readonly Result[], disk?: AtomicFs): Promise<void> {
  await writeAtomically(path, `${jsonFileText(JSON.stringify(result, null, 2))}\n`, disk)
}

/** Settings that replace the defaults: a checkpoint every 2 s in the first minute, then every 5 s, or less often if making one takes long. */
interface CheckpointOptions {
  readonly everyMs?: number
  /** Largest share of the run's time that making checkpoints may take. */
  readonly maxShare?: number
  readonly disk?: AtomicFs
}

/**
 * Writes the result of a run so far to the result file, again and again while the run goes on (checkpoints). It never writes two at the same time.
 */
export class ResultCheckpointer {
  private readonly path: string
  private readonly options: CheckpointOptions
  private nextAt = Number.NEGATIVE_INFINITY
  private earlyUntil = Number.NaN
  /** How long the process was busy with the last checkpoint, in ms. */
  private tookMs = 0
  private busy: Promise<void> | undefined
  /** The first failure to write a checkpoint; later checkpoints are still tried. Undefined when there was none. */
  error: Error | undefined
  /** The error thrown while a result was made, which is a bug in burn; undefined without one. */
  private bug: { readonly error: unknown } | undefined

  /** Makes the writer for the file `path`; the first checkpoint is due at once. */
  constructor(path: string, options: CheckpointOptions = {}) {
    this.path = path
    this.options = options
  }

  /**
   * Starts to write the result that `take` returns, unless a checkpoint is being written or was written recently. The result is made in small
   * pieces of work, so that the load goes on; when it is undefined, nothing is written. A failed write is kept in `error`; if making the result
   * fails, the next call throws the error.
   */
  offer(take: () => Pieces<Result | undefined>): void {
    if (this.bug) throw this.bug.error
    const startedAt = now()
    if (this.busy !== undefined || startedAt < this.nextAt) return
    this.busy = this.write(take(), startedAt)
      .catch((error: unknown) => {
        this.bug ??= { error }
      })
      .finally(() => {
        this.busy = undefined
      })
  }

  private async write(work: Pieces<Result | undefined>, startedAt: number): Promise<void> {
    const result = await inTurns(work)
    const text = await inTurns(jsonInPieces(result.made))
    this.nextAt = Math.max(this.nextAt, startedAt + this.waitMs(startedAt, result.busyMs + text.busyMs))
    if (result.made === undefined) return
    try {
      await writeAtomically(this.path, text.made, this.options.disk ?? background)
    } catch (error) {
      this.error ??= error instanceof Error ? error : new Error(String(error))
    }
  }

  /** Returns the ms from this checkpoint to the next. The smaller cost of the last two counts, because a single slow checkpoint may be chance. */
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
