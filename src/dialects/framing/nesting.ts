const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKETS: Readonly<Record<number, number>> = { 91: 1, 123: 1, 93: -1, 125: -1 }

/** Where in a text of JSON the reading stands. Takes characters, or the bytes of UTF-8: all that matters is ASCII. */
export class Nesting {
  /** Brackets that are open. */
  depth = 0
  inString = false
  private escaped = false

  take(code: number): void {
    if (!this.inString) {
      if (code === QUOTE) this.inString = true
      else this.depth += BRACKETS[code] ?? 0
    } else if (this.escaped) this.escaped = false
    else if (code === BACKSLASH) this.escaped = true
    else if (code === QUOTE) this.inString = false
  }
}
