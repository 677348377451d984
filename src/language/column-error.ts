/** The error of a text of one line in some language: an expression, a JSONPath or a pattern. */
export abstract class ColumnError extends Error {
  /** Counts from 1 within the text as it was written. */
  readonly column: number
  constructor(message: string, column = 1, options?: ErrorOptions) {
    super(message, options)
    this.column = column
  }
}
