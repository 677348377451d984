/** Words that CEL keeps for itself but people use for variables, such as `loop`: they go by another name while an expression is parsed. */

/** What the grammar of CEL reserves, and does nothing with. */
const RESERVED = new Set(
  'as break const continue else for function if import let loop namespace package return var void while'.split(' '),
)

/** Texts and comments, to be passed over; then a word. Members (after a dot) and calls (before a bracket) are no variables. */
const QUOTED =
  /"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\/\/[^\n]*/
const PARTS = new RegExp(`${QUOTED.source}|((?<!\\.\\s*)\\b[A-Za-z_]\\w*(?!\\w|\\s*\\())`, 'g')
const PREFIXED = new RegExp(`${QUOTED.source}|((?<!\\.\\s*)\\bvar\\s*\\.\\s*)(?=[A-Za-z_])`, 'g')

/** An expression that can be parsed. Every character stands where it stood in the original. */
interface Renamed {
  readonly source: string
  /** The name in the expression, and what it stands for. */
  readonly names: ReadonlyMap<string, string>
}

/** A name of the same length that the expression does not have yet. */
function standIn(word: string, source: string): string | undefined {
  const names = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => letter.padEnd(word.length, '_'))
  return names.find((name) => !source.includes(name))
}

/** Gives reserved words another name. `var.x`, as older files write it, becomes `x`. */
export function renameReserved(original: string): Renamed {
  const source = original.replace(PREFIXED, (part, prefix?: string) => (prefix === undefined ? part : ' '.repeat(prefix.length)))
  const names = new Map<string, string>()
  const stands = new Map<string, string>()
  const rename = (part: string, word?: string) => {
    if (word === undefined || !RESERVED.has(word)) return part
    const name = stands.get(word) ?? standIn(word, source + [...names.keys()].join(' '))
    if (name === undefined) return part
    stands.set(word, name)
    names.set(name, word)
    return name
  }
  return { source: source.replace(PARTS, rename), names }
}
