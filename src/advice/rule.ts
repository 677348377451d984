import type { Result } from '../result/schema.ts'

/** One sentence of advice. */
export interface Advice {
  /** Name of the rule that fired, such as `slowest-part`. */
  readonly rule: string
  /** The evidence, and what follows from it. Holds no text of the target. */
  readonly text: string
}

/** A rule: looks at a result, and says something when it fires. */
export type AdviceRule = (result: Result) => Advice | undefined
