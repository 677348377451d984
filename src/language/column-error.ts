/** The base of errors in a text of one line with a syntax of its own: an expression, a JSONPath or a regular expression. */
export abstract class ColumnError extends Error {
  /** Column of the error in the text as the user wrote it, from 1. */
  readonly column: number
  constructor(message: string, column = 1, options?: ErrorOptions) {
    super(message, options)
    this.column = column
  }
}
