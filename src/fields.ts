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

/** "500ms", "1m30s": ms. */
export const duration = () => withUnit('duration', '500ms, 10s or 1m30s', parseDuration, (n) => `${n}s`)

/** A duration above zero, in ms. */
export const positiveDuration = () => duration().refine((ms) => ms > 0, 'must be longer than zero')

/** "20/s", "90/m": per second, above zero. */
export const rate = () =>
  withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`).refine((perSecond) => perSecond > 0, 'must be above zero')

/** "20/s" or "0/s": per second. */
export const rateOrZero = () => withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`)

/** "64KiB", "1MB": bytes. */
export const size = () => withUnit('size', '64KiB or 1MB', parseSize, (n) => `${n}B`)

/** A whole number in a range, with a message that names it. */
export const whole = (min: number, max: number) => z.int(`expected a whole number from ${min} to ${max}`).min(min).max(max)

/** Text that may hold `{{ … }}`; rendered at each use. */
export const templated = () => z.string()

/** Names of steps, phases and targets: they become tags, file names and JUnit cases. */
export const identifier = () =>
  z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u, 'expected a name of letters, digits, space, _ . or -, at most 100')
