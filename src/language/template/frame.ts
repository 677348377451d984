import type { Random } from '../../random.ts'

/** The variables that a template can read, by name. Inherited properties are not read, and functions are never called. */
export type Scope = Readonly<Record<string, unknown>>

/** What one rendering of a template uses: the variables, the random numbers, the clock, and how many rounds of `{{#each}}` are still allowed. */
export interface Rendering {
  readonly scope: Scope
  readonly random: Random | undefined
  readonly wallNow: () => number
  /** Number of `each` rounds that are still allowed. */
  roundsLeft: number
}

/** One round of an `{{#each}}` block in a template, for `@index`, `@key`, `@first` and `@last`; `outer` is the round of the enclosing block. */
export interface Round {
  readonly index: number
  readonly key: string | number
  readonly first: boolean
  readonly last: boolean
  readonly outer: Round | undefined
}

/** The values of a template block's parameters, such as `item` in `{{#each list as |item|}}`; `outer` holds those of the enclosing block. */
export interface Locals {
  readonly values: readonly unknown[]
  readonly outer: Locals | undefined
}

/**
 * The state in which one block of a template, such as `{{#each}}`, is rendered: its context (`this`), and the state of the enclosing block
 * (`parent`), which `../` reads.
 */
export interface TemplateFrame {
  readonly context: unknown
  readonly parent: TemplateFrame | undefined
  readonly round: Round | undefined
  readonly locals: Locals | undefined
  readonly rendering: Rendering
}

/**
 * Returns the state for rendering the inside of a template block in which `this` is `context`. As in Handlebars, `../` does not count a block that
 * has the same `this` as the block around it.
 */
export function enter(
  frame: TemplateFrame,
  context: unknown,
  locals: readonly unknown[] = [],
  round = frame.round,
): TemplateFrame {
  return {
    context,
    parent: context === frame.context ? frame.parent : frame,
    round,
    locals: locals.length === 0 ? frame.locals : { values: locals, outer: frame.locals },
    rendering: frame.rendering,
  }
}

/** Returns an own property of a value; undefined when the property is missing or inherited, so that a template cannot read `constructor`. */
export function member(value: unknown, name: string): unknown {
  if (value === null || value === undefined || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an own property was just seen
}
