/** Collects, while a run lasts, the data from which its anomalies are found at the end. */
import { isInjected } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { LIMIT_CLASS } from '../metrics/counts/counters.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../metrics/groups/catalogue.ts'
import { FailureRows } from './error-bursts.ts'
import { type NotedAttempt, NotedAttempts } from './noted.ts'
import { Worst } from './worst.ts'

/** The metrics in which an attempt can be an outlier. */
const WATCHED = ['ttft', 'tpot', 'service_time', 'stall', 'output_tokens'] as const
/** The name of a metric, such as `ttft`, in which an attempt can be an anomaly because its value is far above those of others. */
export type WatchedMetric = (typeof WATCHED)[number]

const METRICS = WATCHED.flatMap((name) => ATTEMPT_DISTRIBUTIONS.filter((metric) => metric.name === name))

/**
 * Collects, while a run goes on, the data in which anomalies are looked for at its end. For each step these are the attempts with the highest values
 * of each metric, such as `ttft`; for each target, its failures in a row; and the first attempts that are anomalies by themselves, such as failed
 * ones. Warm-up phases are left out.
 */
export class AnomalyWatch {
  private readonly worst: readonly (readonly Worst[])[]
  /** Attempts that are anomalies regardless of the other attempts, such as failed ones. */
  readonly noted = new NotedAttempts()
  /** The failures in a row of each target, in the order of the plan. */
  readonly failures: readonly FailureRows[]

  /** `steps` and `targets` are the numbers of steps and targets in the plan. */
  constructor(steps: number, targets: number) {
    this.worst = Array.from({ length: steps }, () => METRICS.map(() => new Worst()))
    this.failures = Array.from({ length: targets }, () => new FailureRows())
  }

  /**
   * Records an attempt that has ended: its step and target by index, its user, iteration and number, and whether its reply begins like the one before
   * it.
   */
  see(
    exchange: Exchange,
    step: number,
    target: number,
    user: number,
    iteration: number,
    attempt: number,
    repeated: boolean,
  ): void {
    if (exchange.outcome !== 'ok' && exchange.outcome !== 'failed') return
    // Failures by injected faults or by the scenario's `rateLimit` say nothing about the target.
    if (isInjected(exchange.failure) || exchange.failure?.class === LIMIT_CLASS) return
    this.failures[target]?.add(exchange.outcome === 'failed', exchange.endedAt)
    const isEmpty = exchange.warnings.includes('empty_reply')
    if (exchange.failure || repeated || isEmpty)
      this.note(exchange, { step, user, iteration, attempt, endedAt: exchange.endedAt }, repeated, isEmpty)
    if (exchange.outcome === 'failed') return
    const worst = this.worst[step]
    if (worst === undefined) return
    for (let index = 0; index < METRICS.length; index += 1) {
      const value = METRICS[index]?.of(exchange)
      if (value !== undefined) worst[index]?.offer(value, exchange.endedAt, user, iteration, attempt)
    }
  }

  private note({ failure, text }: Exchange, place: Omit<NotedAttempt, 'evidence'>, repeated: boolean, isEmpty: boolean): void {
    if (failure) {
      if (this.noted.hasRoom('failed'))
        this.noted.add('failed', place, `${failure.class} at ${failure.phase}: ${failure.message}`)
    } else if (repeated) this.noted.add('repeated', place, text)
    else if (isEmpty) this.noted.add('empty', place, '')
  }

  /** Returns the worst attempts of a step in one metric. */
  worstOf(step: number, metric: WatchedMetric): Worst | undefined {
    return this.worst[step]?.[WATCHED.indexOf(metric)]
  }
}
