/** Schemas (zod) for values with a unit. The input is a text such as "500ms", the output a number. */
import * as z from 'zod'
import { isMap } from './text/json.ts'
import { parseAmount, parseByteRate, parseDuration, parsePercent, parseRate, parseSize } from './text/units.ts'

// zod compiles a function for each object that it parses, and looks in each for data that hold themselves. For one scenario both take longer
// than the parsing itself, and the reader of scenarios refuses such data before.
z.config({ jitless: true, memoizer: { alloc: (_schema, _payload, empty) => empty, attach: () => {}, guard: () => {} } })

/**
 * Regular expressions with which editors check texts that have units. The final check is made by `units.ts`, because a reference to an environment
 * variable may become any text.
 */
const UNITS = {
  duration: '(?:\\d+(?:\\.\\d+)?(?:us|µs|ms|s|m|h|d))+',
  rate: '\\d+(?:\\.\\d+)?\\s*[kMG]?\\s*/\\s*(?:s|min|m|h)',
  size: '\\d+(?:\\.\\d+)?\\s*(?:B|KB|MB|GB|KiB|MiB|GiB)',
  bandwidth: '\\d+(?:\\.\\d+)?\\s*(?:B|KB|MB|GB|KiB|MiB|GiB)\\s*/\\s*s',
  percentage: '\\d+(?:\\.\\d+)?\\s*%',
} as const
type UnitFamily = keyof typeof UNITS

/**
 * Makes a schema that converts a text with a unit to a number. Its error message says what was expected and shows how to correct a number without a
 * unit.
 */
function withUnit(kind: UnitFamily, examples: string, parse: (text: string) => number | undefined, fix: (n: number) => string) {
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

/** A schema for a rate such as "20/s", which may be zero; its output is a number per second. */
export const rateOrZero = () => withUnit('rate', '20/s or 90/m', parseRate, (n) => `${n}/s`)

/** A schema for a size such as "64KiB" or "1MB"; its output is in bytes. */
export const size = () => withUnit('size', '64KiB or 1MB', parseSize, (n) => `${n}B`)

/** A schema for a bandwidth of at least one byte per second, such as "100KiB/s"; its output is in bytes per second. */
export const byteRate = () =>
  withUnit('bandwidth', '100KiB/s or 1MB/s', parseByteRate, (n) => `${n}B/s`).refine((rate) => rate >= 1, 'must be at least 1B/s')

/** Returns the percentage to suggest for a number without a unit. A share such as 0.05 more likely means 5% than 0.05%. */
const percentFix = (n: number) => (n > 0 && n < 1 ? `${Number((n * 100).toPrecision(12))}%" or "${n}%` : `${n}%`)

/** A schema for a percentage from 0 to 100, such as "5%"; its output is a number from 0 to 1. */
export const percent = () =>
  withUnit('percentage', '5% or 0.1%', parsePercent, percentFix).refine((share) => share <= 1, 'must be at most 100%')

/** A schema for a quantity of at least 1, such as 2000, "100k" or "1M"; its output is a number. */
export const amount = () =>
  z
    .union([
      z.number(),
      z.string().meta({
        title: 'amount',
        examples: ['100k', '1M'],
        pattern: '^\\s*\\d+(?:_\\d+)*(?:\\.\\d+)?(?:[eE]\\d{1,2})?\\s*[kMG]?\\s*$|\\$\\{',
      }),
    ])
    .transform((value, context) => {
      const read = typeof value === 'number' ? value : parseAmount(value)
      if (read !== undefined && Number.isSafeInteger(read) && read >= 1) return read
      context.addIssue({
        code: 'custom',
        message: `expected a number such as 2000, 100k or 1M, got "${String(value).slice(0, 40)}"`,
      })
      return z.NEVER
    })

/** The two ends of a range in a scenario, such as `1s..3s`; they are equal for a single value. */
export interface RangeEnds {
  readonly from: number
  readonly to: number
}

const ENDS = /^\s*(.+?)\s*\.\.\s*(.+?)\s*$/

/** A schema for a range "A..B", or a single value; its output is the two ends. `parse` converts one end; it returns undefined for an invalid text. */
function range(examples: string, parse: (text: string) => number | undefined) {
  const expected = `expected ${examples}`
  return z.string(expected).transform((text, context): RangeEnds => {
    const [, low = text, high = text] = ENDS.exec(text) ?? []
    const [from, to] = [parse(low), parse(high)]
    if (from !== undefined && to !== undefined && from <= to) return { from, to }
    const isReversed = from !== undefined && to !== undefined
    const message = isReversed
      ? `the range ends below its beginning: did you mean "${high}..${low}"?`
      : `${expected}, got "${text.slice(0, 40)}"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** A schema for a duration such as "500ms", or a range of them such as "1s..3s"; its output is in ms. */
export const durationRange = () => range('a duration such as 500ms, or a range such as 1s..3s', parseDuration)

/** A schema for a percentage above 0, such as "50%", or a range of them such as "10%..90%"; its output is numbers from 0 to 1. */
export const percentRange = () =>
  range('a percentage above 0% and up to 100%, such as 50%, or a range such as 10%..90%', (text) => {
    const share = parsePercent(text)
    return share !== undefined && share > 0 && share <= 1 ? share : undefined
  })

/** A schema for a whole number from `min` to `max`, or a range of them such as "1..3". */
export const wholeRange = (min: number, max: number) =>
  z.union([
    whole(min, max).transform((value): RangeEnds => ({ from: value, to: value })),
    range(`a whole number from ${min} to ${max}, or a range such as ${min}..${Math.min(max, min + 2)}`, (text) => {
      const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : undefined
    }),
  ])

/** A schema for a whole number from `min` to `max`; its error message names both. */
export const whole = (min: number, max: number) => z.int(`expected a whole number from ${min} to ${max}`).min(min).max(max)

/** A schema for a text that may contain templates (`{{ … }}`), which are rendered each time the text is used. */
export const templated = () => z.string()

/** A schema for the name of a step, phase or target. Such a name also becomes a tag, a file name and a JUnit test case. */
export const identifier = () =>
  z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u, 'expected a name of letters, digits, space, _ . or -, at most 100')

/**
 * A schema like `z.strictObject` whose fields are created when it is first used. Most scenarios use only a few of all possible objects, and creating
 * the fields of all would take longer than checking one scenario.
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

/**
 * The possible fields of an object: for each, a function that creates the field's schema, called only when an input has the field. All fields are
 * optional.
 */
export type FieldMakers = Readonly<Record<string, () => z.ZodOptional>>

/** The schemas of an object's fields, by name, as the functions in `FieldMakers` return them. */
type FieldsOf<Makers extends FieldMakers> = { [Name in keyof Makers]: ReturnType<Makers[Name]> }

const made = new WeakMap<() => z.ZodType, z.ZodType>()

/** Returns the schema that the function `make` creates. The schema is stored, so that later calls with the same function return the same schema. */
export function madeBy<Schema extends z.ZodType>(make: () => Schema): Schema {
  const schema = (made.get(make) as Schema | undefined) ?? make() // the map holds for each function what that function made
  made.set(make, schema)
  return schema
}

interface SparseDef extends z.core.$ZodObjectDef {
  readonly makers: FieldMakers
  /** Schemas that have only the fields of one input, by the names of these fields. */
  readonly narrow: Map<string, z.ZodObject>
}

// TypeScript asks for a name with a type of its own, because `init` asserts one.
const PlainObject: z.core.$constructor<z.ZodObject> = z.ZodObject

/** The schema class of `sparseObject`: checks an input with the schemas of only those fields that the input has. */
const SparseObject: z.core.$constructor<z.ZodObject, SparseDef> = z.core.$constructor('SparseObject', (inst, def) => {
  PlainObject.init(inst, def)
  const { parse } = inst._zod
  inst._zod.parse = (payload, context) => (narrowed(def, payload.value)?._zod.parse ?? parse)(payload, context)
})

/**
 * Returns a schema of the fields that `input` has, in the order of the whole schema; undefined when a field is unknown, or `input` is not an object.
 */
function narrowed({ makers, narrow }: SparseDef, input: unknown): z.ZodObject | undefined {
  if (!isMap(input) || !Object.keys(input).every((name) => Object.hasOwn(makers, name))) return undefined
  const key = Object.keys(input).sort().join()
  const known = narrow.get(key)
  if (known) return known
  const schema = z.strictObject(fieldsOf(makers, (name) => Object.hasOwn(input, name)))
  narrow.set(key, schema)
  return schema
}

function fieldsOf(makers: FieldMakers, has: (name: string) => boolean): z.ZodRawShape {
  const fields = Object.entries(makers).filter(([name]) => has(name))
  return Object.fromEntries(fields.map(([name, make]) => [name, madeBy(make)]))
}

/**
 * A schema like `z.strictObject` for an object with very many possible fields, of which an input has few. The schema of a field is created only when
 * an input has the field; all are created when an input has an unknown field, or when code asks for the list of fields.
 */
export function sparseObject<Makers extends FieldMakers>(makers: Makers): z.ZodObject<FieldsOf<Makers>, z.core.$strict> {
  const sparse = new SparseObject({
    type: 'object',
    get shape() {
      return fieldsOf(makers, () => true)
    },
    catchall: z.never(),
    makers,
    narrow: new Map(),
  })
  // The constructor's type lacks the field names: the fields are those that the makers return, and others are refused.
  return sparse as unknown as z.ZodObject<FieldsOf<Makers>, z.core.$strict>
}

/** Returns a schema for a text of bytes in Base64, or with a template that renders to one. */
export const base64Schema = () =>
  z
    .string()
    .refine(
      (text) => text.includes('{{') || /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
      'expected Base64',
    )
