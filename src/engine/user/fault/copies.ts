import { after, nextTurn } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'
import type { CopyEnd, InjectionRecorder } from '../../../metrics/counts/injections.ts'
import type { AttemptFault, FaultClock, FaultedJob, FaultSpending } from './attempt-fault.ts'
import { shadowOf } from './shadow.ts'

/**
 * How long the replies to copies are waited for in ms, after the attempt and the last copy. Until then the user sends nothing else, so that
 * they are not taken for replies to its next message; it is no latency of anything.
 */
const REPLY_MS = 1000

/** The fault `duplicate` on one attempt: sends copies of the request, and reads the replies to them, which are only counted. */
export class Copies implements AttemptFault {
  readonly kind: string
  /** A request that was not processed is sent once more; its copies are planned only once. */
  readonly onSent = (): void => {
    if (this.planned === 0) this.next()
  }
  private readonly job: FaultedJob
  private readonly gapsMs: readonly number[]
  private readonly counts: InjectionRecorder
  private readonly clock: FaultClock
  private readonly spending: FaultSpending
  private request: unknown
  private attempt: Exchange | undefined
  private readonly open = new Set<Exchange>()
  private planned = 0
  private sent = 0
  private stopTimer: (() => void) | undefined
  private over = false
  private whenIdle: (() => void) | undefined

  constructor(
    kind: string,
    job: FaultedJob,
    gapsMs: readonly number[],
    { counts, clock, spending }: { counts: InjectionRecorder; clock: FaultClock; spending: FaultSpending },
  ) {
    this.kind = kind
    this.job = job
    this.gapsMs = gapsMs
    this.counts = counts
    this.clock = clock
    this.spending = spending
    counts.copiesPlanned(kind, gapsMs.length)
  }

  carry(request: unknown, attempt: Exchange): Promise<void> | undefined {
    this.request = request
    this.attempt = attempt
    return this.job.client.send(request, attempt)
  }

  private next(): void {
    const gapMs = this.gapsMs[this.planned]
    this.stopTimer = undefined
    if (gapMs === undefined || this.over) return
    this.planned += 1
    this.stopTimer = after(gapMs, () => this.send())
  }

  private send(): void {
    const { attempt } = this
    if (!attempt || this.over) return
    const left = this.spending.take()
    if (left === undefined) {
      this.stop()
      this.look()
      return
    }
    const copy = shadowOf(this.job.client.target, this.job.newReader(), {
      settled: (exchange) => {
        left(exchange)
        this.settled(exchange)
      },
    })
    this.open.add(copy)
    this.job.client.repeat(this.request, attempt, copy)
    this.next()
    this.look()
  }

  private settled(copy: Exchange): void {
    this.open.delete(copy)
    // One that was never sent is none. Whether it was is certain only now: a request that was not processed counts as unsent again.
    if (!Number.isNaN(copy.sentAt)) {
      this.sent += 1
      this.counts.copyEnded(this.kind, endOf(copy))
    }
    this.look()
  }

  private look(): void {
    if (this.isIdle) this.whenIdle?.()
  }

  private get isIdle(): boolean {
    return this.stopTimer === undefined && this.open.size === 0
  }

  end(): Promise<void> | undefined {
    // After a failure, the connection may be gone, and with it those that are in flight.
    if (this.attempt?.outcome === 'ok' && !this.isIdle) return this.replies()
    if (this.hasUnsent) return this.written()
    this.abandon()
    return undefined
  }

  /** True when a copy was made of which the connection has not said yet that it left. */
  private get hasUnsent(): boolean {
    return [...this.open].some(({ sentAt }) => Number.isNaN(sentAt))
  }

  /** Over HTTP/2, what was written leaves by the end of the turn; only then is it known which copies the target meets. */
  private async written(): Promise<void> {
    await this.clock.waitFor(new Promise(nextTurn))
    this.abandon()
  }

  private async replies(): Promise<void> {
    const gapsLeft = this.gapsMs.slice(this.planned).reduce((sum, ms) => sum + ms, 0) + (this.gapsMs[this.planned - 1] ?? 0)
    const idle = new Promise<void>((resolve) => {
      this.whenIdle = resolve
    })
    const stopTimer = after(gapsLeft + REPLY_MS, () => this.whenIdle?.())
    await this.clock.waitFor(idle)
    stopTimer()
    this.abandon()
  }

  /** Ends all that is left, after which no copy is sent, and counts those that never were. */
  abandon(): void {
    this.stop()
    this.counts.copiesUnsent(this.kind, this.gapsMs.length - this.sent)
  }

  private stop(): void {
    this.over = true
    this.stopTimer?.()
    this.stopTimer = undefined
    for (const copy of this.open) {
      copy.cancel()
      this.job.client.cancel(copy)
    }
  }
}

function endOf({ outcome, replied, status }: Exchange): CopyEnd {
  if (outcome === 'ok') return 'accepted'
  return outcome === 'failed' && (replied || status !== undefined) ? 'rejected' : 'unanswered'
}
