/** Shell variables in commands, which become environment variables of the run. Special characters mark them inside words. */
import { literal } from '../../foreign/common/literal.ts'

const [OPEN, FALLBACK, CLOSE] = ['\ufdd0', '\ufdd1', '\ufdd2']
const MARK = /\ufdd0(\w+)(?:\ufdd1([^\ufdd0-\ufdd2]*))?\ufdd2/g

/**
 * Returns a placeholder that stands for a shell variable while a curl command is converted: the variable's name and default, between characters that
 * no text contains. `withShellValues` replaces it by `${env.NAME}`, or `${env.NAME:-default}`, at the end.
 */
export function shellValue(name: string, fallback?: string): string {
  return `${OPEN}${name}${fallback === undefined ? '' : FALLBACK + fallback}${CLOSE}`
}

/**
 * Converts a text of a curl command to text for a scenario. Placeholders made by `shellValue` for shell variables become `${env.NAME}`, or
 * `${env.NAME:-default}`; everything else is escaped, so that it is taken literally.
 */
export function withShellValues(text: string): string {
  return literal(text).replace(MARK, (_all, name: string, fallback?: string) =>
    fallback === undefined ? `\${env.${name}}` : `\${env.${name}:-${fallback}}`,
  )
}

/**
 * Replaces shell variables in a text of a curl script by the values that earlier commands of the script assigned to them. In the text, `shellValue`
 * has put a placeholder for each variable. One without a known value stays.
 */
export function withAssigned(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(MARK, (mark, name: string) => values.get(name) ?? mark)
}

/** True when a text of a curl command begins with a shell variable, for which `shellValue` has put a placeholder. */
export const beginsWithValue = (text: string) => text.startsWith(OPEN)

/**
 * Applies `change`, such as URL encoding, to a text of a curl command and returns the result. The placeholders that `shellValue` has put for shell
 * variables are left as they are.
 */
export function aroundValues(text: string, change: (text: string) => string): string {
  const marks = text.match(MARK) ?? []
  return text
    .split(/\ufdd0[^\ufdd2]*\ufdd2/)
    .map((part, index) => change(part) + (marks[index] ?? ''))
    .join('')
}

/**
 * Removes the characters that delimit placeholders of shell variables (see `shellValue`) from a curl command, so that the user's own text cannot
 * contain a placeholder.
 */
export const unmarked = (text: string) => text.replace(/[\ufdd0-\ufdd2]/g, '')

interface Expansion {
  /** The text that takes the place of the expression, such as of `$NAME`. */
  readonly text: string
  /** Length of the expression in the shell command, in characters. */
  readonly length: number
}

/**
 * Expands the variables `$…` and commands `` `…` `` in the words of a shell script that is imported. A variable becomes a placeholder (see
 * `shellValue`). A command is never run: unless its output is known without that, a variable stands in its place, and a note asks the user to set
 * that to the output.
 */
export class Expander {
  private readonly notes: string[]
  private readonly output: (command: string) => string | undefined
  private readonly commands = new Map<string, string>()

  /** Prepares expanding. `output` returns what a command prints, if that is known without running it; else undefined. */
  constructor(notes: string[], output: (command: string) => string | undefined) {
    this.notes = notes
    this.output = output
  }

  /** Returns the expansion of the `$…` or `` `…` `` at the start of a text; undefined when the text begins with neither. */
  at(text: string): Expansion | undefined {
    if (text.startsWith('$(')) return this.command(text, balanced(text, 1, '(', ')'))
    if (text.startsWith('`')) return this.command(text, text.indexOf('`', 1) + 1)
    if (text.startsWith('${')) return this.braced(text, balanced(text, 1, '{', '}'))
    const [, name] = /^\$([A-Za-z_]\w*)/.exec(text) ?? []
    if (name !== undefined) return { text: shellValue(name), length: name.length + 1 }
    const [special] = /^\$[\d@*#?!$-]/.exec(text) ?? []
    if (special !== undefined) this.notes.push(`${special} has a value in a script only: it stays as text`)
    return special === undefined ? undefined : { text: special, length: 2 }
  }

  private command(text: string, length: number): Expansion | undefined {
    if (length <= 1) return undefined
    const source = text.slice(0, length)
    const printed = source.startsWith('$(') ? this.output(source.slice(2, -1)) : undefined
    if (printed !== undefined) return { text: printed.replace(/\n+$/, ''), length }
    const known = this.commands.get(source)
    const name = known ?? `COMMAND_OUTPUT${this.commands.size === 0 ? '' : `_${this.commands.size + 1}`}`
    this.commands.set(source, name)
    if (known === undefined)
      this.notes.push(`${source.slice(0, 100)} was not run: set the environment variable ${name} to what it prints`)
    return { text: shellValue(name), length }
  }

  private braced(text: string, length: number): Expansion | undefined {
    if (length <= 1) return undefined
    const inner = text.slice(2, length - 1)
    const [, name, operator = ''] = /^([A-Za-z_]\w*)(?:(:?[-=?+]|[#%/^,@:[]).*)?$/s.exec(inner) ?? []
    if (name === undefined) {
      this.notes.push(`\${${inner.slice(0, 60)}} is not understood: it stays as text`)
      return { text: text.slice(0, length), length }
    }
    const fallback = /^[A-Za-z_]\w*:?[-=](.*)$/s.exec(inner)?.[1]?.replace(/^(["'])(.*)\1$/s, '$2')
    if (fallback !== undefined && !/[{}$`\\]/.test(fallback)) return { text: shellValue(name, fallback), length }
    if (operator !== '' && !operator.endsWith('?'))
      this.notes.push(`\${${inner.slice(0, 60)}}: only the value of ${name} is taken`)
    return { text: shellValue(name), length }
  }
}

/** Returns the length of a text up to and including the bracket that closes the one at `start`; 0 when none does. */
function balanced(text: string, start: number, open: string, close: string): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === open) depth += 1
    else if (text[at] === close) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return 0
}
