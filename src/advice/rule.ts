import type { Result } from '../result/schema.ts'

/** One sentence of advice that a rule derives from a result. */
export interface Advice {
  /** Name of the rule that fired, such as `slowest-part`. */
  readonly rule: string
  /** The figures from the result, and what follows from them. Holds no text of the target. */
  readonly text: string
}

/** A rule that derives advice from a result; undefined when it does not apply to this result. */
export type AdviceRule = (result: Result) => Advice | undefined
