import type { BreakerRecorder } from '../../../metrics/counts/breakers.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { Quotas } from '../reply/quotas.ts'
import { RetryBudgets } from '../reply/retry-budget.ts'
import { CircuitBreaker } from './breaker.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** The limits on sending that all users of a run share: rate limiters, circuit breakers, retry budgets, and pauses that targets asked for. */
export class RunLimits {
  /** Pauses that targets have asked for with a rate limit. */
  readonly quotas: Quotas
  readonly retryBudgets = new RetryBudgets()
  /** The rate limiters that all users share, by target index. Each is made by the first attempt at its target. */
  readonly limiters: RateLimiter[] = []

  /** The circuit breakers by target index; undefined for a target without one. */
  readonly breakers: readonly (CircuitBreaker | undefined)[]

  /** Makes the limits of a run. `onStop` is called with the target and the reason when a circuit breaker ends the run, as the scenario says. */
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
  /** Stops the timers of the circuit breakers. */
  close(): void {
    for (const breaker of this.breakers) breaker?.close()
  }
}
