import { after } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'
import type { AttemptFault, FaultedJob, FaultSpending } from './attempt-fault.ts'
import { shadowOf } from './shadow.ts'

/** The fault `timeout` on one attempt: sends the request, keeps its reply from the attempt, and fails the attempt after a time. */
export class ForcedTimeout implements AttemptFault {
  readonly kind: string
  /** Returns true when this fault caused the time-out, and not a deadline of the attempt that came first because the target was slow. */
  readonly caused = (): boolean => this.shadow?.settled === true || this.isLateOnly()
  private readonly job: FaultedJob
  private readonly afterMs: number
  private readonly spending: FaultSpending
  private attempt: Exchange | undefined
  private shadow: Exchange | undefined
  private stopTimer: (() => void) | undefined

  constructor(kind: string, job: FaultedJob, afterMs: number, spending: FaultSpending) {
    this.kind = kind
    this.job = job
    this.afterMs = afterMs
    this.spending = spending
  }

  carry(request: unknown, attempt: Exchange): Promise<void> | undefined {
    this.attempt = attempt
    this.shadow = shadowOf(this.job.client.target, this.job.newReader(), {
      sent: () => this.sent(),
      settled: (shadow) => this.settled(shadow),
    })
    return this.job.client.send(request, this.shadow)
  }

  private sent(): void {
    const { attempt, shadow } = this
    if (!attempt || !shadow) return
    if (shadow.connect) attempt.connected(shadow.connect)
    attempt.carried(shadow.reused, shadow.wireFaults)
    attempt.sent(shadow.bytesSent)
    this.stopTimer?.()
    this.stopTimer = after(this.afterMs, () =>
      attempt.fail(
        `injected_${this.kind}`,
        'headers',
        `no reply was waited for after ${Math.round(this.afterMs)} ms, injected`,
        'timeout_total',
      ),
    )
  }

  /** Fails the attempt when its request could not be sent, as an attempt without a fault would fail. */
  private settled(shadow: Exchange): void {
    const { failure, sentAt } = shadow
    this.spending.used(shadow)
    if (!Number.isNaN(sentAt) || !failure) return
    this.attempt?.fail(failure.class, failure.phase, failure.message, failure.code)
  }

  private isLateOnly(): boolean {
    return (
      this.attempt?.failure?.class === 'timeout_headers' && this.shadow !== undefined && !Number.isNaN(this.shadow.firstByteAt)
    )
  }

  end(): undefined {
    this.stopTimer?.()
    const { shadow } = this
    if (!shadow || shadow.settled) return
    shadow.cancel()
    this.job.client.cancel(shadow)
  }
}
