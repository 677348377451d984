/**
 * Values that a shell would put into a command: they come from the environment of the run. In words they are marked by characters that no
 * text has, so that they go through JSON and forms unharmed.
 */
import { literal } from '../../foreign/common/literal.ts'

const [OPEN, FALLBACK, CLOSE] = ['\ufdd0', '\ufdd1', '\ufdd2']
const MARK = /\ufdd0(\w+)(?:\ufdd1([^\ufdd0-\ufdd2]*))?\ufdd2/g

/** The mark of a variable. */
export function shellValue(name: string, fallback?: string): string {
  return `${OPEN}${name}${fallback === undefined ? '' : FALLBACK + fallback}${CLOSE}`
}

/** The text of a scenario: `${env.NAME}` for each mark, all else as it is. */
export function withShellValues(text: string): string {
  return literal(text).replace(MARK, (_all, name: string, fallback?: string) =>
    fallback === undefined ? `\${env.${name}}` : `\${env.${name}:-${fallback}}`,
  )
}

/** The text with the values that earlier commands have set. */
export function withAssigned(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(MARK, (mark, name: string) => values.get(name) ?? mark)
}

/** Whether a text begins with such a value. */
export const beginsWithValue = (text: string) => text.startsWith(OPEN)

/** The text with all but its marks changed. */
export function aroundValues(text: string, change: (text: string) => string): string {
  const marks = text.match(MARK) ?? []
  return text
    .split(/\ufdd0[^\ufdd2]*\ufdd2/)
    .map((part, index) => change(part) + (marks[index] ?? ''))
    .join('')
}

/** A text as it comes in, free of such characters. */
export const unmarked = (text: string) => text.replace(/[\ufdd0-\ufdd2]/g, '')

interface Expansion {
  /** What stands for it in the word. */
  readonly text: string
  /** Characters of the source that it takes. */
  readonly length: number
}

/** Reads `$…` and `` `…` `` at the start of a text; commands are told, and never run. */
export class Expander {
  private readonly notes: string[]
  private readonly output: (command: string) => string | undefined
  private readonly commands = new Map<string, string>()

  /** `output`: what a command prints, where that is known without running it. */
  constructor(notes: string[], output: (command: string) => string | undefined) {
    this.notes = notes
    this.output = output
  }

  /** Undefined when the text does not begin with an expansion. */
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

/** Length up to the bracket that closes the one at `start`; 0 when there is none. */
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
