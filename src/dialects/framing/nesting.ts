const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKETS: Readonly<Record<number, number>> = { 91: 1, 123: 1, 93: -1, 125: -1 }

/**
 * Counts how many brackets (`{`, `[`) are open at each point of a JSON text, to find where an object ends without parsing it. It takes one character
 * or UTF-8 byte at a time, and ignores brackets inside strings.
 */
export class Nesting {
  /** Number of brackets that are open at this point of the JSON text. */
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
