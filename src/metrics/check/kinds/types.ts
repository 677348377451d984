import type { Exchange } from '../../../exchange.ts'
import type { AnsweredMessage } from '../../../text-metrics/turns.ts'

/** A finished attempt and its reply, on which an `expect` check is evaluated. */
export interface CheckedReply {
  readonly exchange: Exchange
  /** The generated text of the reply; its body when a `request` step got a reply without such text. */
  readonly text: string
  /** Returns the reply's body, else its text, parsed as JSON; undefined when neither is JSON. Parses at the first call only. */
  json(): unknown
  /** Returns the variables that an expression can use, by name. */
  scope(): object
  /** The text of the message; '' for a reply to a step that sends none. */
  readonly prompt: string
  /** Returns the last messages of the conversation and their replies, without the present message. */
  earlier(): readonly AnsweredMessage[]
}

/** Whether an `expect` check passed for one reply, and what it found in the reply. */
export interface CheckVerdict {
  readonly passed: boolean
  /** What the check found in the reply, short enough to print. Untrusted: may hold text from the target. */
  readonly observed: string
  /** True when the reply could not be evaluated, so that neither the check nor its opposite passes. */
  readonly undecided?: true
}

class LazyVerdict<T> implements CheckVerdict {
  readonly passed: boolean
  private readonly value: T
  private readonly describe: (value: T) => string

  constructor(passed: boolean, value: T, describe: (value: T) => string) {
    this.passed = passed
    this.value = value
    this.describe = describe
  }

  get observed(): string {
    return this.describe(this.value)
  }
}

/**
 * Returns whether a check `passed`, with a description of what it found in the reply. To save time, the function `describe` makes that text from
 * `value` only when it is read: most checks pass, and nobody reads their descriptions.
 */
export function lazyVerdict<T>(passed: boolean, value: T, describe: (value: T) => string): CheckVerdict {
  return new LazyVerdict(passed, value, describe)
}

/** A function that decides whether one reply passes an `expect` check. It never throws. */
export type Test = (reply: CheckedReply) => CheckVerdict

/** A compiled check of an `expect` block: its label, whether it decides the outcome of the attempt, and the function that evaluates it. */
export interface Check {
  /** Name of the check in reports, the same in every run: its `name`, or else its text before templates are filled in, such as `ttft < 1s`. */
  readonly label: string
  /** True for a limit on time, speed or price: it defines goodput, and does not make the attempt fail. */
  readonly objective: boolean
  /** True when the check is only counted: it neither makes the attempt fail nor affects goodput. */
  readonly countOnly: boolean
  evaluate(reply: CheckedReply): CheckVerdict
}

const LONGEST = 80

/** Returns an untrusted text on one line, cut at 80 characters, for the message of a failed check. */
export function clip(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return cut.replace(/\s+/g, ' ')
}

/** Returns a value as JSON text of at most 80 characters, for the message of a failed check; "nothing" for undefined. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : clip(JSON.stringify(value) ?? String(value))
}
