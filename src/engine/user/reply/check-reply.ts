import { TemplateError } from '../../../language/template/template.ts'
import type { Check, CheckVerdict } from '../../../metrics/check/check.ts'
import type { CheckOutcome } from '../../../metrics/recorder.ts'
import type { Random } from '../../../random.ts'
import type { PlannedCheck } from '../../../scenario/compile/plan.ts'
import type { Reply } from './reply.ts'

/** The parts of a user that are needed to render templates in checks. */
interface CheckingUser {
  readonly random: Random
  readonly scope: Readonly<Record<string, unknown>>
  /** Returns whether a step of the present iteration has failed, so that variables may be missing. */
  hasFailed(): boolean
}

/**
 * Evaluates the `expect` checks of a step on a reply, and returns their outcomes. A failed check makes the attempt fail, unless it is a latency limit
 * or has `countOnly`. A reply that calls tools (`callsTools`) is not the final answer, so it is checked only against limits on latency and speed.
 */
export function checkReply(
  checks: readonly PlannedCheck[],
  reply: Reply,
  user: CheckingUser,
  callsTools = false,
): CheckOutcome[] {
  const outcomes: CheckOutcome[] = []
  for (let index = 0; index < checks.length; index += 1) {
    const planned = checks[index]
    if (!planned || (callsTools && !('check' in planned && planned.check.objective))) continue
    const check = checkOf(planned, user)
    if (!(check instanceof TemplateError)) outcomes.push(outcomeOf(check, index, planned.label, reply))
    // The check is left out when a failed step has not set the variable that it compares with.
    else if (!user.hasFailed()) {
      reply.exchange.overrule('local_template', check.message)
      outcomes.push({ index, passed: false, objective: false, countOnly: false, observed: check.message })
    }
  }
  return outcomes
}

function outcomeOf(check: Check, index: number, label: string, reply: Reply): CheckOutcome {
  const verdict = check.evaluate(reply)
  const { objective, countOnly } = check
  // A missed latency objective is counted, but the reply was good: dropping it would make the percentiles look better.
  if (!verdict.passed && !objective && !countOnly) reply.exchange.overrule('check_failed', `${label}: ${verdict.observed}`)
  return new EvaluatedCheck(index, verdict, objective, countOnly)
}

/** The outcome of a check that could be evaluated. What it observed is described when that is read, which is mostly never. */
class EvaluatedCheck implements CheckOutcome {
  readonly index: number
  readonly passed: boolean
  readonly objective: boolean
  readonly countOnly: boolean
  private readonly verdict: CheckVerdict

  constructor(index: number, verdict: CheckVerdict, objective: boolean, countOnly: boolean) {
    this.index = index
    this.passed = verdict.passed
    this.verdict = verdict
    this.objective = objective
    this.countOnly = countOnly
  }

  get observed(): string {
    return this.verdict.observed
  }
}

/** Returns a check with its templates rendered; the error if they cannot be rendered. */
function checkOf(planned: PlannedCheck, { scope, random }: CheckingUser): Check | TemplateError {
  if ('check' in planned) return planned.check
  try {
    return planned.compile(planned.tree.render(scope, random))
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
}
