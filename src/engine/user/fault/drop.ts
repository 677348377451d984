import { after, nextTurn, now } from '../../../clock.ts'
import type { Exchange } from '../../../exchange.ts'
import type { Injection } from '../../../faults/index.ts'
import type { AttemptFault, FaultClient, FaultClock } from './attempt-fault.ts'

/**
 * Turns of the event loop after which every protocol knows that its socket has ended: the socket reports it one turn later, and its library (HTTP/2,
 * WebSocket) up to two turns after that.
 */
const NOTICED_AFTER = 4

type DropInjection = Extract<Injection, { does: 'drop' }>

/** The fault `drop` on one attempt: ends the connection some time after the request was sent, whether or not the reply has come. */
export class Drop implements AttemptFault {
  readonly kind: string
  readonly onSent = (): void => this.sent()
  /**
   * Returns true when the attempt failed because the fault ended its connection: it had no outcome before that, and no status of the target made it
   * fail.
   */
  readonly caused = (): boolean => this.hitOpen && this.attempt?.hasFailedBy('status') === false
  private readonly client: FaultClient
  private readonly rule: DropInjection
  private attempt: Exchange | undefined
  private readonly clock: FaultClock
  private stopTimer: (() => void) | undefined
  private whenSevered: (() => void) | undefined
  /** True when the fault has ended the connection; `hitOpen` is true when the attempt was still open then. */
  private hit = false
  private hitOpen = false

  constructor(kind: string, client: FaultClient, rule: DropInjection, clock: FaultClock) {
    this.kind = kind
    this.client = client
    this.rule = rule
    this.clock = clock
  }

  carry(request: unknown, attempt: Exchange): Promise<void> | undefined {
    this.attempt = attempt
    return this.client.send(request, attempt)
  }

  /** Sets the timer for the drop. It never acts in the same turn, because connectors report a request as sent just before they write it. */
  private sent(): void {
    this.stopTimer?.()
    this.stopTimer = after(this.rule.afterMs, () => this.sever())
  }

  private sever(): void {
    const { attempt } = this
    this.stopTimer = undefined
    if (attempt) {
      this.hit = true
      this.hitOpen = !attempt.settled
      this.client.sever(attempt, this.rule.how)
    }
    this.notice(NOTICED_AFTER)
  }

  /** Waits `turnsLeft` turns of the event loop, until the connection knows of its end and nothing more is sent over it. */
  private notice(turnsLeft: number): void {
    nextTurn(() => (turnsLeft > 1 ? this.notice(turnsLeft - 1) : this.whenSevered?.()))
  }

  /**
   * Waits for the planned end of the connection if it is still open after a quick reply, and lets the user pause as long as planned after the drop.
   */
  end(): Promise<void> | undefined {
    if (this.attempt?.outcome === 'cut') this.stopTimer?.()
    else if (this.stopTimer !== undefined) return this.severed()
    else if (this.hit && this.rule.pauseMs > 0) return this.pause()
    return undefined
  }

  private async severed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.whenSevered = resolve
    const woken = await this.clock.waitFor(promise)
    this.stopTimer?.()
    if (woken === 'due' && this.rule.pauseMs > 0) await this.pause()
  }

  private async pause(): Promise<void> {
    await this.clock.sleepUntil(now() + this.rule.pauseMs)
  }
}
