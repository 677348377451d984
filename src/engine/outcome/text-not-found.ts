/** Finds the steps in whose replies burn found no text although there should be some. */
import type { Recorder } from '../../metrics/recorder.ts'
import type { UnreadStep } from '../../metrics/validity/facts.ts'
import type { MessageStep, Plan, RequestStep } from '../../scenario/compile/plan.ts'

/** What validity wants to know of replies whose text was not found. */
interface Unread {
  /** Names of the steps for which no text was found in any ok reply. */
  readonly textless: readonly string[]
  readonly unread: readonly UnreadStep[]
}

/** Returns the steps in whose replies burn found no text, although there should be some. */
export function unreadOf({ plan, recorder }: { readonly plan: Plan; readonly recorder: Recorder }): Unread {
  const steps = plan.exchanges.filter((step) => promisesText(plan, step)).map((step) => unreadStep(step, recorder))
  return {
    textless: steps.filter(({ count, of }) => count > 0 && count === of).map(({ step }) => step),
    // A guess at a reply that nobody described says little until it fails for all of them.
    unread: steps.filter(({ count, what }) => count > 0 && what !== undefined),
  }
}

function unreadStep({ index, name }: MessageStep | RequestStep, recorder: Recorder): UnreadStep {
  const { replies = 0, repliesUnread = 0 } = recorder.steps[index]?.counters ?? {}
  return { step: name, count: repliesUnread, of: replies, what: recorder.unread[index] }
}

/** True when the replies to a step should contain text. This holds for messages, unless the target's reply format is only a guess. */
export function promisesText(plan: Plan, step: MessageStep | RequestStep): boolean {
  if (step.kind !== 'message' || step.setupOrTeardown) return false
  return plan.file !== null || plan.targets[step.target]?.saysFormat === true || asksForText(plan, step)
}

/** Something is made of the text, or of its tokens. */
function asksForText({ thresholds, readsReply }: Plan, { captures, checks }: MessageStep): boolean {
  if (readsReply || thresholds.some(({ metric }) => metric.ofText)) return true
  return (
    captures.length > 0 ||
    checks.some((planned) => !('check' in planned) || !/^(?:status|service_time|response_time)\b/.test(planned.label))
  )
}
