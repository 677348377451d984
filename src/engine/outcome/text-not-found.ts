/** Finds the steps in whose replies burn found no text although there should be some. */
import type { Recorder } from '../../metrics/recorder.ts'
import type { UnreadStep } from '../../metrics/validity/facts.ts'
import type { AttemptStep, MessageStep, Plan } from '../../scenario/compile/plan.ts'

/** Which steps had replies without text: a fact that decides whether the run is valid. */
interface Unread {
  /** Names of the steps for which no text was found in any ok reply. */
  readonly textless: readonly string[]
  readonly unread: readonly UnreadStep[]
}

/**
 * Returns the steps of a run whose replies should contain text, but in all or some of whose replies burn found none, so that the result can warn
 * about them.
 */
export function unreadOf({ plan, recorder }: { readonly plan: Plan; readonly recorder: Recorder }): Unread {
  const steps = plan.exchanges.filter((step) => expectsText(plan, step)).map((step) => unreadStep(step, recorder))
  return {
    textless: steps.filter(({ count, of }) => count > 0 && count === of).map(({ step }) => step),
    // Steps are listed here only if it is known what a reply without text contained instead.
    unread: steps.filter(({ count, what }) => count > 0 && what !== undefined),
  }
}

function unreadStep({ index, name }: AttemptStep, recorder: Recorder): UnreadStep {
  const { replies = 0, repliesUnread = 0 } = recorder.steps[index]?.counters ?? {}
  return { step: name, count: repliesUnread, of: replies, what: recorder.unread[index] }
}

/**
 * True for a message step whose replies without text are worth a warning. That is so when the plan comes from a scenario file, the target states its
 * reply format, or the plan uses the text or its tokens.
 */
export function expectsText(plan: Plan, step: AttemptStep): boolean {
  if (step.kind !== 'message' || step.setupOrTeardown) return false
  return plan.file !== null || plan.targets[step.target]?.saysFormat === true || asksForText(plan, step)
}

/** Returns true when the plan uses the text of a step's replies or their tokens: in a threshold, a template, a capture or a check. */
function asksForText({ thresholds, readsReply }: Plan, { captures, checks }: MessageStep): boolean {
  if (readsReply || thresholds.some(({ metric }) => metric.ofText)) return true
  return (
    captures.length > 0 ||
    checks.some((planned) => !('check' in planned) || !/^(?:status|service_time|response_time)\b/.test(planned.label))
  )
}
