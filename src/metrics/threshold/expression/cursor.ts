import type { ThresholdProblem } from './expression.ts'

/** Thrown by parts of the threshold parser for any error in the text. `parseThreshold` catches it and returns its `problem`. */
export class ThresholdSyntaxError extends Error {
  readonly problem: ThresholdProblem
  constructor(message: string, offset: number, length: number, hint?: string) {
    super(message)
    this.problem = { message, offset, length: Math.max(1, length), ...(hint === undefined ? {} : { hint }) }
  }
}

/** A token of a threshold's text, such as a name or a sign, with its offset in the text. */
export interface ExpressionToken {
  readonly text: string
  readonly offset: number
}

/** The text of a threshold while it is parsed, and the offset up to which it was read. */
export class TextCursor {
  readonly text: string
  offset = 0

  constructor(text: string) {
    this.text = text
  }

  /** Returns what `pattern` (sticky) matches after white space, and moves past it; undefined, and no move, without a match. */
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

  /** The next word or sign of the text, for messages; its text is empty at the end. */
  get upcoming(): ExpressionToken {
    const before = this.offset
    const token = this.take(/[\w.]+|\S/y) ?? { text: '', offset: this.text.length }
    this.offset = before
    return token
  }

  /** Makes the error for a word that stands where `expected` should stand. */
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
