/** Tells the webhooks of a scenario what becomes of its run. */
import { after, wallNow } from '../../clock.ts'
import type { Exit } from '../../engine/outcome/verdict.ts'
import { Control } from '../../engine/schedule/control.ts'
import { EXIT } from '../../errors.ts'
import { endMessages, liveMessage } from '../../notify/message/message.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { localError } from '../../store/files/local-error.ts'
import { DELIVERIES_NAME } from '../../store/files/names.ts'
import type { RunDir } from '../../store/run-dir.ts'
import type { Log } from '../output/log.ts'
import { type Delivered, Outbox } from './outbox.ts'

/** What a notifier needs to know of a run. */
export interface NotifierOptions {
  readonly plan: Plan
  readonly dir: RunDir
  readonly runId: string
  readonly signals: { attach(control: Control): void; graceMs(planned: number): number }
  readonly log: Log
  /** Longest wait for deliveries when the run is over, in ms. */
  readonly timeoutMs: number
}

/** Sends messages while a run lasts and when it is over. */
export class Notifier {
  private readonly options: NotifierOptions
  private readonly outbox: Outbox
  /** The thresholds that were told while the run went on. */
  private readonly announced = new Set<string>()

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

  /** Tells that the run is over and waits for all deliveries. Returns how the run must end for a webhook that is `required`; undefined when nothing changes. */
  async finish(result: Result): Promise<Exit | undefined> {
    const { dir, log, signals, timeoutMs } = this.options
    this.sendFailedThresholds(result)
    for (const message of endMessages(result, dir.path)) this.outbox.send(message)
    if (this.outbox.size === 0) return undefined
    const control = new Control()
    signals.attach(control)
    control.onChange(() => control.state === 'over' && this.outbox.giveUp())
    const stop = after(signals.graceMs(timeoutMs), () => this.outbox.giveUp())
    const delivered = await this.outbox.settled()
    stop()
    if (this.outbox.leftOut > 0) log('warn', `webhooks were not told of ${this.outbox.leftOut} alerts: there were too many`)
    const lost = delivered.filter(({ error }) => error !== null)
    for (const one of lost) log(one.webhook.required ? 'error' : 'warn', lossOf(one, dir))
    const required = lost.find(({ webhook }) => webhook.required)
    return (
      required && { code: EXIT.verdictFailed, why: `a required webhook was not told of ${required.event}: ${required.error}` }
    )
  }

  /** Tells the thresholds that only the end of the run has shown to fail. */
  private sendFailedThresholds({ thresholds, runId, durationMs: atMs }: Result): void {
    for (const { threshold, state, observed, limit, unit, reason = '' } of thresholds)
      if ((state === 'failed' || state === 'no_samples') && !this.announced.has(threshold))
        this.write({ event: 'threshold', runId, atMs, threshold, observed, limit, unit, reason })
  }
}

function lossOf({ event, index, attempts, error }: Delivered, { path }: RunDir): string {
  const tries = attempts === 1 ? 'one try' : `${attempts} tries`
  return `webhooks.${index} was not told of ${event} after ${tries}: ${error} (again: burn webhook redeliver ${path})`
}
