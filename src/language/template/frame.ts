/** What a template sees while it is rendered. */
import type { Random } from '../../random.ts'

/** Variables of a template: plain objects, lists, text, numbers. Only own properties are read; functions are never called. */
export type Scope = Readonly<Record<string, unknown>>

/** One rendering. */
export interface Rendering {
  readonly scope: Scope
  readonly random: Random | undefined
  readonly wallNow: () => number
  /** Rounds of `each` that may still be made. */
  roundsLeft: number
}

/** The place of a round within its `each`, for `@index`, `@key`, `@first` and `@last`. */
export interface Round {
  readonly index: number
  readonly key: string | number
  readonly first: boolean
  readonly last: boolean
  readonly outer: Round | undefined
}

/** Values of the block parameters `as |item key|`. */
export interface Locals {
  readonly values: readonly unknown[]
  readonly outer: Locals | undefined
}

/** Where in the blocks a rendering stands. `parent` leads to what `../` means. */
export interface TemplateFrame {
  readonly context: unknown
  readonly parent: TemplateFrame | undefined
  readonly round: Round | undefined
  readonly locals: Locals | undefined
  readonly rendering: Rendering
}

/** The frame of a block with its own context. As in Handlebars, a context equal to the one around it makes no new level. */
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

/** An own property; undefined for what is inherited, so that `constructor` and the like are unknown names. */
export function member(value: unknown, name: string): unknown {
  if (value === null || value === undefined || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name] // an own property was just seen
}
