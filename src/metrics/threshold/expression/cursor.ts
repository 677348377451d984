import type { ThresholdProblem } from './expression.ts'

/** A syntax error in a threshold. The parser catches it and returns it as a problem. */
export class ThresholdSyntaxError extends Error {
  readonly problem: ThresholdProblem
  constructor(message: string, offset: number, length: number, hint?: string) {
    super(message)
    this.problem = { message, offset, length: Math.max(1, length), ...(hint === undefined ? {} : { hint }) }
  }
}

/** A token of a threshold's text, with its offset. */
export interface ExpressionToken {
  readonly text: string
  readonly offset: number
}

/** The position of the parser in the text of a threshold. */
export class TextCursor {
  readonly text: string
  offset = 0

  constructor(text: string) {
    this.text = text
  }

  /** What `pattern` (sticky) matches after white space; the cursor moves past it. Undefined, and no move, when it does not. */
  take(pattern: RegExp): ExpressionToken | undefined {
    const space = /\s*/y
    space.lastIndex = this.offset
    space.exec(this.text)
    const offset = space.lastIndex
    pattern.lastIndex = offset
    const match = pattern.exec(this.text)
    if (!match) return undefined
    this.offset = pattern.lastIndex
    return { text: match[0], offset }
  }

  /** The next word or sign, for a message; empty at the end. */
  get upcoming(): ExpressionToken {
    const before = this.offset
    const token = this.take(/[\w.]+|\S/y) ?? { text: '', offset: this.text.length }
    this.offset = before
    return token
  }

  /** An error at the next word. */
  unexpected(expected: string, hint?: string): ThresholdSyntaxError {
    const { text, offset } = this.upcoming
    return new ThresholdSyntaxError(
      `expected ${expected}, got ${text === '' ? 'the end' : `"${text}"`}`,
      offset,
      text.length,
      hint,
    )
  }
}
