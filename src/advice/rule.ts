import type { Result } from '../result/schema.ts'

/** One sentence of advice that a rule derives from a result. */
export interface Advice {
  /** Name of the rule that fired, such as `slowest-part`. */
  readonly rule: string
  /** The sentence itself: figures from the result, and what to do about them. Contains no text that the target sent. */
  readonly text: string
}

/** A function that derives one sentence of advice from the result of a run; it returns undefined when the result gives no reason for this advice. */
export type AdviceRule = (result: Result) => Advice | undefined
