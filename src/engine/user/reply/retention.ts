/** Which parts of a reply have to be held until it is checked: a body or a long text that nobody reads would only fill the memory. */
import type { MessageStep, Plan, RequestStep } from '../../../scenario/compile/plan.ts'

type AttemptStep = MessageStep | RequestStep

/** What of the plan reads replies. */
interface Readers {
  readonly plan: Plan
  /** True when a template reads `reply.json`, or the conversation id is taken from reply bodies. */
  readonly keepsBodies: boolean
}

/** Whether the whole raw body of a step's replies has to be kept in memory, for checks, captures, templates or the journal. */
export function holdsBody(step: AttemptStep, { keepsBodies, plan }: Readers): boolean {
  return keepsBodies || looksInside(step) || (step.kind === 'request' && plan.readsReply)
}

/** Whether the whole generated text of a step's replies has to be kept in memory; otherwise its beginning is enough. */
export function holdsText(step: AttemptStep, { keepsBodies, plan }: Readers): boolean {
  return keepsBodies || plan.readsReply || plan.conversation.keepTurns > 0 || looksInside(step)
}

/** Whether a capture or check of the step needs the text or body: latency bounds and captures of headers do not. */
function looksInside({ checks, captures }: AttemptStep): boolean {
  const inText = captures.some(({ source }) => source.from === 'json' || source.from === 'regex' || source.from === 'text')
  return inText || checks.some((planned) => !('check' in planned) || !planned.check.objective)
}
