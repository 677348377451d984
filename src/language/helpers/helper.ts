import type { Random } from '../../random.ts'

/** The arguments of a helper, and the sources of random values and time. */
interface HelperCall {
  readonly args: readonly unknown[]
  /** The user's stream of random numbers. Reading it throws when the template is rendered without random values. */
  readonly random: Random
  /** Returns the present time in ms since 1970. */
  readonly wallNow: () => number
}

/** A function that templates can call, such as `uuid`: as `{{name args}}`, or as `(name args)` in the arguments of another call. */
export interface TemplateHelper {
  readonly name: string
  /** The arguments as the documentation shows them, such as `min max`. */
  readonly args: string
  readonly description: string
  /** Smallest and largest number of arguments that the helper takes. */
  readonly arity: readonly [number, number]
  /** True when an unknown variable among the arguments is passed as undefined; otherwise it is an error. */
  readonly lenient?: boolean
  /** Throws an Error when these arguments can never work; undefined stands for an argument that is known only during a run. */
  check?(args: readonly unknown[]): void
  /** Returns the helper's value. Throws an Error whose message says what is wrong with the arguments. */
  run(call: HelperCall): unknown
}
