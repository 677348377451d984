import type { Exchange } from '../../exchange.ts'

/** What a check can look at: a settled attempt with its reply. */
export interface CheckedReply {
  readonly exchange: Exchange
  /** Generated text; of a reply without any, its body. */
  readonly text: string
  /** The body as JSON, else the text as JSON; undefined when neither is. Parsed when first asked for. */
  json(): unknown
  /** Variables of expressions. */
  scope(): object
}

/** The outcome of a check of one reply: whether it passed, and what was found. */
export interface CheckVerdict {
  readonly passed: boolean
  /** What was seen, short enough to print. Untrusted: may hold text from the target. */
  readonly observed: string
  /** The reply could not be evaluated: neither the check nor its opposite holds. */
  readonly undecided?: true
}

/** A function that evaluates a check on one reply. It never throws. */
export type Test = (reply: CheckedReply) => CheckVerdict

/** A compiled `expect` line: its label, how it counts, and the function that evaluates it on a reply. */
export interface Check {
  /** The line as written, stable from run to run: `ttft < 1s`, `status 200`. */
  readonly label: string
  /** A bound on time or speed: it defines goodput and does not fail the attempt. */
  readonly objective: boolean
  /** It is counted by itself, and decides nothing. */
  readonly countOnly: boolean
  evaluate(reply: CheckedReply): CheckVerdict
}

const LONGEST = 80

/** Puts a text from outside on one line and cuts it at 80 characters. */
export function clip(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return cut.replace(/\s+/g, ' ')
}

/** Formats a value for a message: a text in quotes, anything else as JSON. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : clip(JSON.stringify(value) ?? String(value))
}
