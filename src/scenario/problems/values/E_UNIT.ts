import { parseDuration } from '../../../text/units.ts'
import { problemKind } from '../../read/source/finding.ts'

const LONG_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(milliseconds?|millis|msecs?)/gi, 'ms'],
  [/(seconds?|secs?)/gi, 's'],
  [/(minutes?|mins?)/gi, 'm'],
  [/(hours?|hrs?)/gi, 'h'],
  [/(days?)/gi, 'd'],
]

/**
 * Returns a hint for a text that was rejected as a duration: it has another notation ("5 seconds": did you mean "5s"?), or it is too long. Undefined
 * for any other value, and for texts of more than 40 characters.
 */
export function unitHint(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined
  const short = LONG_WORDS.reduce((text, [word, unit]) => text.replace(word, unit), value).replace(/\s+/g, '')
  if (short !== value && parseDuration(short) !== undefined) return `did you mean "${short}"?`
  return /^(\d+(\.\d+)?(us|µs|ms|s|m|h|d))+$/.test(value) ? 'at most 24d' : undefined
}

/** True when the message of a schema error says that a value, such as a duration, has no unit. */
export const isAboutUnit = (message: string) => /with its unit|a duration such as/.test(message)

/** The error of `burn validate` for a duration, rate or size without its unit. */
export const E_UNIT = problemKind('E_UNIT', {
  refused: (message: string, hint: string | undefined) => [message, hint],
})
