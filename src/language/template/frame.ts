import type { Random } from '../../random.ts'

/** The variables of a template: plain objects, lists, texts, numbers. Only own properties are read; functions are never called. */
export type Scope = Readonly<Record<string, unknown>>

/** What one rendering of a template works with. */
export interface Rendering {
  readonly scope: Scope
  readonly random: Random | undefined
  readonly wallNow: () => number
  /** Number of `each` rounds that are still allowed. */
  roundsLeft: number
}

/** One round of an `each` block, for `@index`, `@key`, `@first` and `@last`; `outer` is the round of the block around it. */
export interface Round {
  readonly index: number
  readonly key: string | number
  readonly first: boolean
  readonly last: boolean
  readonly outer: Round | undefined
}

/** Values of the block parameters `as |item key|`; `outer` has those of the block around. */
export interface Locals {
  readonly values: readonly unknown[]
  readonly outer: Locals | undefined
}

/** The block that a template is rendering: its context (`this`), and in `parent` the frame that `../` reads. */
export interface TemplateFrame {
  readonly context: unknown
  readonly parent: TemplateFrame | undefined
  readonly round: Round | undefined
  readonly locals: Locals | undefined
  readonly rendering: Rendering
}

/** Makes the frame of a block with its own context. As in Handlebars, a context equal to the outer one adds no level for `../`. */
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

/** An own property of a value; undefined when it is missing or inherited, so `constructor` is an unknown name. */
export function member(value: unknown, name: string): unknown {
  if (value === null || value === undefined || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an own property was just seen
}
