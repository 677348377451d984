/** A part of a condition that is not CEL, and what to write instead. */
interface Habit {
  /** Where the foreign syntax begins in the condition, in characters from 0. */
  readonly offset: number
  readonly length: number
  readonly hint: string
}

const HABITS: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/[=!]==/, (found) => `write ${found.slice(0, 2)} to compare`],
  [/(?<![=!<>])=(?![=~])/, () => 'write == to compare'],
  [/=~/, () => 'write reply.text.matches("pattern")'],
  [/<>/, () => 'write != for "is not"'],
  [/(?<=\s)and(?=\s|$)/i, () => 'write && for "and"'],
  [/(?<=\s)or(?=\s|$)/i, () => 'write || for "or"'],
  [/(?:^|(?<=[\s(]))not(?=[\s(])/i, () => 'write ! for "not"'],
  [
    /(?<=[\w)\]] +)(?:contains|startsWith|endsWith|matches)(?= +["'])/,
    (found) => `write reply.text.${found}("…"): a dot before it, the text in brackets`,
  ],
  [
    /(?<=[\w)\]])\.(?:includes|indexOf|toLowerCase|toUpperCase)\b/,
    (found) =>
      /includes|indexOf/.test(found) ? 'write reply.text.contains("…")' : 'write reply.text.lowerAscii(), or a check icontains',
  ],
]

/** Returns the source with the inside of quoted texts replaced by dots, so that these are not searched and offsets stay the same. */
function withoutTexts(source: string): string {
  return source.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (text) => `${text[0]}${'.'.repeat(text.length - 2)}${text[0]}`)
}

/**
 * Finds the first piece of syntax in a CEL condition that belongs to another language, such as JavaScript's `===`. Returns it with a hint on what to
 * write instead; undefined when there is none.
 */
export function foreignHabit(source: string): Habit | undefined {
  const bare = withoutTexts(source)
  const found = HABITS.flatMap(([pattern, hint]) => {
    const match = pattern.exec(bare)
    return match ? [{ offset: match.index, length: match[0].length, hint: hint(match[0]) }] : []
  })
  return found.sort((a, b) => a.offset - b.offset)[0]
}
