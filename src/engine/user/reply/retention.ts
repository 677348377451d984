/** Decides which parts of a reply are kept in memory until it is checked; bodies and long texts that nothing reads are not. */
import type { AttemptStep, Plan } from '../../../scenario/compile/plan.ts'

/** The plan, and whether something in it reads the bodies of replies. */
interface Readers {
  readonly plan: Plan
  /** True when a template reads `reply.json`, or the conversation id is taken from reply bodies. */
  readonly keepsBodies: boolean
}

/** Which parts of a step's replies are kept until they are checked. */
interface KeptParts {
  /** True when the whole raw body is kept, for checks, captures, templates or the journal. */
  readonly keepBody: boolean
  /** True when the whole generated text is kept; otherwise only its beginning. */
  readonly keepText: boolean
}

/** Decides how much of the replies to each step must be held in memory, depending on what the scenario reads from them. */
export class Retention {
  private readonly readers: Readers
  private readonly known: (KeptParts | undefined)[] = []

  constructor(readers: Readers) {
    this.readers = readers
  }

  /** Returns what has to be held of the replies of a step. */
  of(step: AttemptStep): KeptParts {
    const known = this.known[step.index]
    if (known) return known
    const held = heldOf(step, this.readers)
    this.known[step.index] = held
    return held
  }
}

function heldOf(step: AttemptStep, { keepsBodies, plan }: Readers): KeptParts {
  const readInside = keepsBodies || looksInside(step) || (step.kind === 'message' && step.tools?.replies !== undefined)
  return {
    keepBody: readInside || (step.kind === 'request' && plan.readsReply),
    keepText: readInside || plan.readsReply || plan.conversation.keepTurns > 0,
  }
}

/** Whether a capture or check of the step needs the text or body: latency bounds and captures of headers do not. */
function looksInside({ checks, captures }: AttemptStep): boolean {
  const inText = captures.some(({ source }) => source.from === 'json' || source.from === 'regex' || source.from === 'text')
  return inText || checks.some((planned) => !('check' in planned) || !planned.check.objective)
}
