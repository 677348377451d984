/** zod types for values that carry a unit. Input is text, output a number in the unit of the name. */
import * as z from 'zod'
import { parseDuration, parseRate, parseSize } from './text/units.ts'

/** What editors hold a text against; a reference to the environment may become anything. `units.ts` is the judge. */
const UNITS = {
  duration: '(?:\\d+(?:\\.\\d+)?(?:us|µs|ms|s|m|h|d))+',
  rate: '\\d+(?:\\.\\d+)?\\s*/\\s*(?:s|m|h)',
  size: '\\d+(?:\\.\\d+)?\\s*(?:B|KB|MB|GB|KiB|MiB|GiB)',
} as const
type Kind = keyof typeof UNITS

/** Text with a unit to a number: the error says what was expected and shows the fix for a bare number. */
function withUnit(kind: Kind, examples: string, parse: (text: string) => number | undefined, fix: (n: number) => string) {
  const expected = `expected a ${kind} with its unit, such as ${examples}`
  return z
    .string({
      error: (issue) => (typeof issue.input === 'number' ? `${expected}; did you mean "${fix(issue.input)}"?` : expected),
    })
    .meta({ title: kind, examples: examples.split(/, | or /), pattern: `^\\s*(?:${UNITS[kind]})\\s*$|\\$\\{` })
    .transform((text, context) => {
      const value = parse(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: `${expected}, got "${text.slice(0, 40)}"` })
      return z.NEVER
    })
}

/** A schema for durations such as "500ms" or "1m30s"; gives milliseconds. */
export const duration = () => withUnit('duration', '500ms, 10s or 1m30s', parseDuration, (n) => `${n}s`)

/** A schema for durations above zero, such as "500ms"; gives milliseconds. */
export const positiveDuration = () => duration().refine((ms) => ms > 0, 'must be longer than zero')

/** A schema for rates above zero, such as "20/s" or "90/m"; gives a number per second. */
export const rate = () =>
  withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`).refine((perSecond) => perSecond > 0, 'must be above zero')

/** A schema for rates such as "20/s", 0 allowed; gives a number per second. */
export const rateOrZero = () => withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`)

/** A schema for sizes such as "64KiB" or "1MB"; gives bytes. */
export const size = () => withUnit('size', '64KiB or 1MB', parseSize, (n) => `${n}B`)

/** A schema for whole numbers from `min` to `max`; its message names both. */
export const whole = (min: number, max: number) => z.int(`expected a whole number from ${min} to ${max}`).min(min).max(max)

/** A schema for text that may hold templates (`{{ … }}`), which are rendered at each use. */
export const templated = () => z.string()

/** A schema for names of steps, phases and targets, which become tags, file names and JUnit cases. */
export const identifier = () =>
  z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u, 'expected a name of letters, digits, space, _ . or -, at most 100')
