import { now } from '../clock.ts'
import type { PlannedStep } from '../scenario/compile/plan.ts'
import { setupPhase } from './outcome/dimensions.ts'
import type { RunContext } from './user/run-context.ts'
import { Session } from './user/session.ts'
import { StepLog } from './user/step-log.ts'
import type { Variables } from './user/variables.ts'

/** Number of failures of setup or teardown that are listed one by one; for the others, only their number is stated. */
const MAX_LISTED = 5

/** The outcome of setup or teardown. */
interface SetupEnd {
  /** Variables that the steps of setup or teardown have set or captured. */
  readonly captured: Variables
  /** One line for each step that failed, such as `setup failed at login: http_status: HTTP 404 Not Found`. */
  readonly failures: readonly string[]
}

const NOTHING: SetupEnd = { captured: {}, failures: [] }

/**
 * Runs the steps of setup (`which` is 0) or teardown (1) once, with a user of its own, for at most `limitMs`. After a failed setup
 * (`afterFailedSetup`), a missing variable is not an error. Never rejects because of what the target does.
 */
export async function runSetupOrTeardown(
  run: RunContext,
  which: 0 | 1,
  limitMs?: number,
  afterFailedSetup = false,
): Promise<SetupEnd> {
  const steps: readonly PlannedStep[] = which === 0 ? run.plan.setup : run.plan.teardown
  if (steps.length === 0) return NOTHING
  const name = which === 0 ? 'setup' : 'teardown'
  const session = new Session(run, -1 - which)
  const log = new StepLog()
  const unsubscribe = run.control.onChange(() => {
    if (which === 0 && run.control.state === 'over') session.cancel()
  })
  try {
    const start = {
      intended: now(),
      queueWaitMs: 0,
      phase: setupPhase(run.plan, which),
      iteration: 0,
      setupOrTeardown: true,
      runsToCompletion: which === 1,
      limitMs,
      afterFailedSetup,
    }
    const { outcome, variables } = await session.iterateOver(start, steps, log)
    const captured = Object.fromEntries(Object.entries(variables).filter(([variable]) => log.written.has(variable)))
    if (outcome === 'completed' || (afterFailedSetup && outcome === 'failed' && log.failures.length === 0))
      return { captured, failures: [] }
    return {
      captured,
      failures: failureLines(name, outcome === 'expired' ? `it took longer than ${limitMs} ms` : 'it did not finish', log),
    }
  } finally {
    unsubscribe()
    await session.close()
  }
}

function failureLines(name: string, otherwise: string, { failures }: StepLog): string[] {
  if (failures.length === 0) return [`${name} failed: ${otherwise}`]
  const listed = failures.slice(0, MAX_LISTED).map(({ step, class: failureClass, message }) => {
    return `${name} failed${step === '' ? '' : ` at ${step}`}: ${failureClass}: ${message}`
  })
  const hidden = failures.length - listed.length
  return hidden > 0 ? [...listed, `${name} failed at ${hidden} more steps`] : listed
}
