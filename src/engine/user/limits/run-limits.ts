import type { PlannedTarget } from '../../../scenario/compile/plan.ts'
import { Quotas } from '../reply/quotas.ts'
import { RetryBudgets } from '../reply/retry-budget.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** What holds the attempts of all users back. */
export class RunLimits {
  /** Pauses that targets have asked for. */
  readonly quotas: Quotas
  readonly retryBudgets = new RetryBudgets()
  /** The limiters that all users share, by target; made by the first attempt that comes to them. */
  readonly limiters: RateLimiter[] = []

  constructor(targets: readonly PlannedTarget[]) {
    this.quotas = new Quotas(targets)
  }
}
