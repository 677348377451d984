/** What can be wrong with a template, with its place. */

/** A template that cannot be compiled or rendered. */
export class TemplateError extends Error {
  override name = 'TemplateError'
  /** Line within the string, from 1. */
  readonly line: number
  /** Column within that line, from 1. */
  readonly column: number
  /** The unknown variable, when that was the cause. */
  readonly variable: string | undefined
  /** Keys that lead to the string within a tree; empty for a single string. */
  readonly path: readonly (string | number)[]

  constructor(
    message: string,
    place: TemplatePlace = START,
    details: { variable?: string; path?: readonly (string | number)[]; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.line = place.line
    this.column = place.column
    this.variable = details.variable
    this.path = details.path ?? []
  }
}

/** A position within a string; both numbers count from 1. */
export interface TemplatePlace {
  readonly line: number
  readonly column: number
}

const START: TemplatePlace = { line: 1, column: 1 }
