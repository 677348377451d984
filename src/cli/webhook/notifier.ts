/** Notifies the webhooks of a scenario of events of its run. */
import { after, wallNow } from '../../clock.ts'
import type { Exit } from '../../engine/outcome/verdict.ts'
import { Control } from '../../engine/schedule/control.ts'
import { EXIT } from '../../errors.ts'
import { endMessages, liveMessage } from '../../notify/message/message.ts'
import type { Webhook } from '../../notify/schema.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import { isUnmet } from '../../result/verdict.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { localError } from '../../store/files/local-error.ts'
import { DELIVERIES_NAME } from '../../store/files/names.ts'
import type { RunDir } from '../../store/run-dir.ts'
import type { Log } from '../output/log.ts'
import { type Delivered, isSubscribedTo, Outbox } from './outbox.ts'

/**
 * What a notifier needs to send notifications about a run to webhooks: the plan with the webhooks, the folder and id of the run, and how long
 * deliveries may take after the end of the run.
 */
export interface NotifierOptions {
  readonly plan: Plan
  readonly dir: RunDir
  readonly runId: string
  readonly signals: { attach(control: Control): void; graceMs(planned: number): number }
  readonly log: Log
  /** How long deliveries may take after the end of the run, in ms. */
  readonly timeoutMs: number
}

const NOT_TAKEN_YET: Exit = { code: EXIT.verdictFailed, why: 'a required webhook has not taken the end of the run yet' }

/** Notifies the webhooks of a plan of what happens in a run, such as a failed threshold or the end. */
export class Notifier {
  private readonly options: NotifierOptions
  private readonly outbox: Outbox
  /** The thresholds about whose failure webhooks were notified during the run. */
  private readonly announced = new Set<string>()
  private release = (): void => {}
  /** True when a signal ended the deliveries before they were done. */
  wasCut = false

  constructor(options: NotifierOptions) {
    this.options = options
    const onUnwritten = (error: unknown) => options.log('warn', localError(`cannot write ${DELIVERIES_NAME}`, error).message)
    this.outbox = new Outbox(options.plan.webhooks, { file: options.dir.file(DELIVERIES_NAME), onUnwritten })
  }

  write(event: RunEvent): void {
    const { plan, runId, dir } = this.options
    if (event.event === 'threshold') this.announced.add(event.threshold)
    const message = liveMessage(event, { runId, scenario: plan.name, folder: dir.path }, new Date(wallNow()))
    if (message) this.outbox.send(message)
  }

  /**
   * Sends the notifications about the end of a run, waits for all deliveries, and returns the result. `write` stores the result again with more
   * reasons to fail: until every `required` webhook has accepted its notification, the stored result counts as failed, because this process may
   * be killed meanwhile. The other webhooks are notified afterwards, of the final verdict.
   */
  async end(known: Result, write: (exits: readonly Exit[]) => Promise<Result>): Promise<Result> {
    this.endInTime()
    if (!this.options.plan.webhooks.some(isRequired)) {
      this.sendFailedThresholds(known)
      await this.finish(known)
      return known
    }
    await write([NOT_TAKEN_YET])
    const lost = await this.finishRequired(known)
    const written = await write(lost ? [lost] : [])
    await this.finish(written)
    return written
  }

  /**
   * Notifies the `required` webhooks of the end of the run. Returns how the run must end when one of them did not accept it; undefined when all did.
   */
  private async finishRequired(result: Result): Promise<Exit | undefined> {
    this.sendFailedThresholds(result)
    this.sendEnd(result, isRequired)
    const delivered = await this.outbox.settled(isRequired)
    const lost = delivered.find(({ error }) => error !== null)
    return lost && { code: EXIT.verdictFailed, why: `a required webhook was not told of ${lost.event}: ${lost.error}` }
  }

  /** Notifies the other webhooks of the end of the run, and waits for all deliveries. */
  private async finish(result: Result): Promise<void> {
    this.sendEnd(result, ({ required }) => !required)
    const delivered = await this.outbox.settled()
    this.release()
    const { log, dir } = this.options
    if (this.outbox.leftOut > 0) log('warn', `webhooks were not told of ${this.outbox.leftOut} alerts: there were too many`)
    for (const one of delivered) if (one.error !== null) log(one.webhook.required ? 'error' : 'warn', lossOf(one, dir))
  }

  private sendEnd(result: Result, isFor: (webhook: Webhook) => boolean): void {
    for (const message of endMessages(result, this.options.dir.path)) {
      const isSubscribed = isSubscribedTo(message)
      this.outbox.send(message, (webhook) => isFor(webhook) && isSubscribed(webhook))
    }
  }

  /** Makes deliveries stop when their time is over, or at the first signal from now on. */
  private endInTime(): void {
    const { signals, timeoutMs } = this.options
    const control = new Control()
    signals.attach(control)
    const unsubscribe = control.onChange(() => {
      this.wasCut = true
      this.outbox.giveUp()
    })
    const stop = after(signals.graceMs(timeoutMs), () => this.outbox.giveUp())
    this.release = () => {
      unsubscribe()
      stop()
    }
  }

  /** Notifies webhooks of failed thresholds that were not announced during the run. */
  private sendFailedThresholds({ thresholds, runId, durationMs: atMs }: Result): void {
    for (const { threshold, observed, limit, unit, reason = '' } of thresholds.filter(isUnmet))
      if (!this.announced.has(threshold))
        this.write({ event: 'threshold', runId, atMs, threshold, observed, limit, unit, reason })
  }
}

const isRequired = ({ required }: Webhook) => required

function lossOf({ event, index, attempts, error }: Delivered, { path }: RunDir): string {
  const tries = attempts === 1 ? 'one try' : `${attempts} tries`
  return `webhooks.${index} was not told of ${event} after ${tries}: ${error} (again: burn webhook redeliver ${path})`
}
