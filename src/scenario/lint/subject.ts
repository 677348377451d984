/** What the lints look at. */
import type { Compiled } from '../compile/compile.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Scenario } from '../schema/schema.ts'
import type { Doubts } from './doubts.ts'

/** A scenario to check, with its data as written and what the compiler made of it. */
export interface LintSubject extends Pick<Compiled, 'targets' | 'uses'> {
  /** What the schema made of it; of one with errors, the parts that could be read. */
  readonly scenario: Scenario
  /** The plain data it was made from: there the texts are where the file has them. */
  readonly value: unknown
  readonly locate: Locator
  readonly doubts: Doubts
}
