import type { Failure } from '../../exchange.ts'
import type { AttemptStep } from '../../scenario/compile/plan.ts'

/** A step that failed after all its retries. */
interface StepFailure {
  /** Name of the step that failed; '' when no single step can be named. */
  readonly step: string
  readonly class: string
  /** What went wrong, in words. Untrusted: may contain text from the target. */
  readonly message: string
}

/** Records which variables the steps of setup or teardown set, because users of the load may read them, and which of the steps failed, and why. */
export class StepLog {
  /** Names of the variables that steps have set or captured. */
  readonly written = new Set<string>()
  readonly failures: StepFailure[] = []

  /** Records the end of a step: the variables that it captured, and its failure if it failed. */
  wrote(step: AttemptStep, failure: Failure | undefined): void {
    for (const { variable } of step.captures) this.written.add(variable)
    if (failure) this.failures.push({ step: step.name, class: failure.class, message: failure.message })
  }
}
