/** What a template helper is. */
import type { Random } from '../../random.ts'

/** What a helper gets to work with. */
interface HelperCall {
  readonly args: readonly unknown[]
  /** The random stream of the session. Reading it throws when the template is rendered without one. */
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
}

/** One helper: `{{name args}}`, or `(name args)` inside of another. */
export interface TemplateHelper {
  readonly name: string
  /** Its arguments as they are written, such as `min max`. */
  readonly args: string
  readonly description: string
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number]
  /** Whether an unknown variable among its arguments is no error but undefined. */
  readonly lenient?: boolean
  /** Throws an Error when these arguments can never do; `undefined` stands for one that is not known before a run. Cheap. */
  check?(args: readonly unknown[]): void
  /** Throws an Error whose message says what is wrong with the arguments. */
  run(call: HelperCall): unknown
}
