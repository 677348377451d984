/** The base class of errors in a CEL expression, a JSONPath or a regular expression. `column` is the position of the error in that text. */
export abstract class ColumnError extends Error {
  /** Column of the error in the text as the user wrote it, from 1. */
  readonly column: number
  constructor(message: string, column = 1, options?: ErrorOptions) {
    super(message, options)
    this.column = column
  }
}
