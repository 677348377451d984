import { after, nextTurn } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'
import type { CopyEnd, InjectionRecorder } from '../../../metrics/counts/injections.ts'
import type { AttemptFault, FaultClock, FaultedJob, FaultSpending } from './attempt-fault.ts'
import { shadowOf } from './shadow.ts'

/**
 * How long the user waits for replies to copies, in ms, after the attempt and the last copy. Meanwhile it sends nothing else, so that those replies
 * are not taken for replies to its next message. The wait is in no latency.
 */
const REPLY_MS = 1000

/** The fault `duplicate` on one attempt: sends copies of the request. Replies to the copies are read and counted, and have no other effect. */
export class Copies implements AttemptFault {
  readonly kind: string
  /** Plans the copies when the request has been sent. A request that is sent again because the target did not process it gets no further copies. */
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
    // A copy that was not sent does not count. This is certain only now, because a request that was not processed counts as unsent.
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
    // After a failure, the connection may be closed, and the copies in flight on it are lost.
    if (this.attempt?.outcome === 'ok' && !this.isIdle) return this.replies()
    if (this.hasUnsent) return this.written()
    this.abandon()
    return undefined
  }

  /** True when a copy was made that the connection has not yet reported as sent. */
  private get hasUnsent(): boolean {
    return [...this.open].some(({ sentAt }) => Number.isNaN(sentAt))
  }

  /** Waits for the end of the turn of the event loop, when HTTP/2 has sent what was written; only then is it known which copies reach the target. */
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

  /** Ends everything that is left of the fault: no further copy is sent, and those that were not sent are counted as such. */
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
