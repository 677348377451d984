import { TemplateError } from '../../../language/template/template.ts'
import type { Check } from '../../../metrics/check/check.ts'
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
 * Evaluates the `expect` checks of a step on a reply, and returns their outcomes. A failed check fails the attempt, except a latency limit or one
 * with `countOnly`. A reply that `callsTools` is not the answer yet: only limits of latency and speed hold for it.
 */
export function checkReply(
  checks: readonly PlannedCheck[],
  reply: Reply,
  user: CheckingUser,
  callsTools = false,
): CheckOutcome[] {
  if (checks.length === 0) return []
  return checks.flatMap((planned, index) => {
    if (callsTools && !('check' in planned && planned.check.objective)) return []
    const check = checkOf(planned, user)
    if (check instanceof TemplateError) {
      // The check is left out when a failed step has not set the variable that it compares with.
      if (user.hasFailed()) return []
      reply.exchange.overrule('local_template', check.message)
      return { index, passed: false, objective: false, countOnly: false, observed: check.message }
    }
    const { passed, observed } = check.evaluate(reply)
    // A missed latency objective is counted, but the reply was good: dropping it would make the percentiles look better.
    if (!passed && !check.objective && !check.countOnly) reply.exchange.overrule('check_failed', `${planned.label}: ${observed}`)
    return { index, passed, objective: check.objective, countOnly: check.countOnly, observed }
  })
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
