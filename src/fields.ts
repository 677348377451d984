/** zod types for values that carry a unit. Input is text, output a number in the unit of the name. */
import * as z from 'zod'
import { parseDuration, parseRate, parseSize } from './text/units.ts'

// zod compiles a function for each object that it parses, and looks in each for data that hold themselves. For one scenario both take longer
// than the parsing itself, and the reader of scenarios refuses such data before.
z.config({ jitless: true, memoizer: { alloc: (_schema, _payload, empty) => empty, attach: () => {}, guard: () => {} } })

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

/** A schema for a duration such as "500ms" or "1m30s"; its output is in ms. */
export const duration = () => withUnit('duration', '500ms, 10s or 1m30s', parseDuration, (n) => `${n}s`)

/** A schema for a duration longer than zero, such as "500ms"; its output is in ms. */
export const positiveDuration = () => duration().refine((ms) => ms > 0, 'must be longer than zero')

/** A schema for a rate above zero, such as "20/s" or "90/m"; its output is a number per second. */
export const rate = () =>
  withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`).refine((perSecond) => perSecond > 0, 'must be above zero')

/** A schema for a rate such as "20/s", which may be 0; its output is a number per second. */
export const rateOrZero = () => withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`)

/** A schema for a size such as "64KiB" or "1MB"; its output is in bytes. */
export const size = () => withUnit('size', '64KiB or 1MB', parseSize, (n) => `${n}B`)

/** A schema for a whole number from `min` to `max`; its error message names both. */
export const whole = (min: number, max: number) => z.int(`expected a whole number from ${min} to ${max}`).min(min).max(max)

/** A schema for a text that may contain templates (`{{ … }}`), which are rendered each time the text is used. */
export const templated = () => z.string()

/** A schema for the name of a step, phase or target. Such a name also becomes a tag, a file name and a JUnit test case. */
export const identifier = () =>
  z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u, 'expected a name of letters, digits, space, _ . or -, at most 100')

/**
 * A schema like `z.strictObject` whose fields are made when it is first used. Most scenarios use few of the objects that a scenario could
 * hold, and making the fields of all takes longer than checking one.
 */
export function lateObject<Shape extends z.ZodRawShape>(make: () => Shape): z.ZodObject<Shape, z.core.$strict> {
  let made: Shape | undefined
  const strict = new z.ZodObject({
    type: 'object',
    get shape() {
      made ??= make()
      return made
    },
    catchall: z.never(),
  })
  // zod has no constructor for this form: the fields of `strict` are those that `make` returns, and others are refused.
  return strict as unknown as z.ZodObject<Shape, z.core.$strict>
}

/** Returns a schema for bytes written in Base64; a template may stand in the place of the text. */
export const base64Schema = () =>
  z
    .string()
    .refine(
      (text) => text.includes('{{') || /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
      'expected Base64',
    )
