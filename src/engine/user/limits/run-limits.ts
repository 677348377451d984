import type { BreakerRecorder } from '../../../metrics/counts/breakers.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { Quotas } from '../reply/quotas.ts'
import { RetryBudgets } from '../reply/retry-budget.ts'
import { CircuitBreaker } from './breaker.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** The limits that all users of a run share: rate limiters, circuit breakers, retry budgets, and the pauses that targets asked for. */
export class RunLimits {
  /** Pauses that targets have asked for. */
  readonly quotas: Quotas
  readonly retryBudgets = new RetryBudgets()
  /** The limiters that all users share, by target; made by the first attempt that comes to them. */
  readonly limiters: RateLimiter[] = []

  /** The circuit breakers by target; undefined for a target without one. */
  readonly breakers: readonly (CircuitBreaker | undefined)[]

  /** `onStop` is called with the target and the reason when a breaker says to end the run. */
  constructor(
    targets: readonly PlannedTarget[],
    { breakers }: { readonly breakers: readonly BreakerRecorder[] },
    onStop: (target: string, text: string) => void,
  ) {
    this.quotas = new Quotas(targets)
    this.breakers = targets.map(({ name, breaker }, i) => {
      const recorder = breakers[i]
      return breaker && recorder && new CircuitBreaker(breaker, recorder, (text) => onStop(name, text))
    })
  }
  /** Stops the timers of the breakers. */
  close(): void {
    for (const breaker of this.breakers) breaker?.close()
  }
}
