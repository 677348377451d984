/** Thrown when a template cannot be compiled or rendered; it holds the line and column of the error in the template. */
export class TemplateError extends Error {
  override name = 'TemplateError'
  /** Line of the error within the template, from 1. */
  readonly line: number
  /** Column of the error within its line, from 1. */
  readonly column: number
  /** Name of the unknown variable that caused the error; undefined for other causes. */
  readonly variable: string | undefined
  /** Keys that lead to the template in the JSON value that holds it; empty when it stands alone. */
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

/** A position in a template; line and column count from 1. */
export interface TemplatePlace {
  readonly line: number
  readonly column: number
}

const START: TemplatePlace = { line: 1, column: 1 }
