/** Setup and teardown: steps that one user of their own walks once, and what came of them. */
import { now } from '../clock.ts'
import type { PlannedStep } from '../scenario/compile/plan.ts'
import { asidePhase } from './outcome/recorder-groups.ts'
import type { RunContext } from './user/run-context.ts'
import { Session } from './user/session.ts'
import { AsideLog } from './user/step-log.ts'
import type { Variables } from './user/variables.ts'

/** Failures that are told one by one; the rest is a number. */
const MAX_TOLD = 5

/** What setup or teardown came to. */
interface AsideEnd {
  /** What its steps have set or captured. */
  readonly captured: Variables
  /** One line for each step that failed, such as `setup failed at login: http_status: HTTP 404 Not Found`. */
  readonly failures: readonly string[]
}

const NOTHING: AsideEnd = { captured: {}, failures: [] }

/** Walks through the steps of setup (0) or teardown (1); those of a teardown are over after `limitMs` at the latest, and may lack (`lacking`) what a failed setup did not leave. */
export async function walkAside(run: RunContext, which: 0 | 1, limitMs?: number, lacking = false): Promise<AsideEnd> {
  const steps: readonly PlannedStep[] = which === 0 ? run.plan.setup : run.plan.teardown
  if (steps.length === 0) return NOTHING
  const name = which === 0 ? 'setup' : 'teardown'
  const session = new Session(run, -1 - which)
  const log = new AsideLog()
  const phase = asidePhase(run.plan, which)
  const forget = run.control.onChange(() => {
    if (which === 0 && run.control.state === 'over') session.cut()
  })
  try {
    const start = { intended: now(), queueWaitMs: 0, phase, iteration: 0, aside: true, heedless: which === 1, limitMs, lacking }
    const { outcome, variables } = await session.iterateAside(start, steps, log)
    const captured = Object.fromEntries(Object.entries(variables).filter(([variable]) => log.written.has(variable)))
    if (outcome === 'completed' || (lacking && outcome === 'failed' && log.failures.length === 0))
      return { captured, failures: [] }
    return {
      captured,
      failures: tell(name, outcome === 'expired' ? `it took longer than ${limitMs} ms` : 'it did not finish', log),
    }
  } finally {
    forget()
    await session.close()
  }
}

function tell(name: string, otherwise: string, { failures }: AsideLog): string[] {
  if (failures.length === 0) return [`${name} failed: ${otherwise}`]
  const told = failures.slice(0, MAX_TOLD).map(({ step, class: failureClass, message }) => {
    return `${name} failed${step === '' ? '' : ` at ${step}`}: ${failureClass}: ${message}`
  })
  const hidden = failures.length - told.length
  return hidden > 0 ? [...told, `${name} failed at ${hidden} more steps`] : told
}
