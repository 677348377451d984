/** Words that the grammar of CEL reserves without using them. */
const RESERVED = new Set(
  'as break const continue else for function if import let loop namespace package return var void while'.split(' '),
)

/** Matches quoted texts and comments, in which nothing is renamed. */
const QUOTED =
  /"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\/\/[^\n]*/
/** Matches quoted texts, or a word that can be a variable: not a member (after a dot), not a call (before a bracket). */
const PARTS = new RegExp(`${QUOTED.source}|((?<!\\.\\s*)\\b[A-Za-z_]\\w*(?!\\w|\\s*\\())`, 'g')
/** Matches quoted texts, or the prefix `var.` of a variable. */
const PREFIXED = new RegExp(`${QUOTED.source}|((?<!\\.\\s*)\\bvar\\s*\\.\\s*)(?=[A-Za-z_])`, 'g')

/** An expression in which reserved words are renamed; every character keeps its offset in the original. */
interface Renamed {
  readonly source: string
  /** The original names of the variables, by the names that replace them. */
  readonly names: ReadonlyMap<string, string>
}

/** Returns a replacement for `word` of the same length that does not occur in the source; undefined when all 26 candidates occur. */
function standIn(word: string, source: string): string | undefined {
  const names = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => letter.padEnd(word.length, '_'))
  return names.find((name) => !source.includes(name))
}

/**
 * Renames variables of a CEL expression whose names are reserved words of CEL, such as `loop`, because CEL's parser would refuse them. Also removes
 * the prefix of variables in older scenario files, which write `var.x` for `x`.
 */
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
