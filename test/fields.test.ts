import { expect, test } from 'vitest'
import * as z from 'zod'
import { duration, identifier, lateObject, positiveDuration, rate, rateOrZero, size, sparseObject, whole } from '../src/fields.ts'

const faultOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message

test.each<[string, z.ZodType, unknown, unknown]>([
  ['a duration', duration(), '1m30s', 90_000],
  ['none at all', duration(), '0s', 0],
  ['a rate', rate(), '90/m', 1.5],
  ['no rate', rateOrZero(), '0/s', 0],
  ['a size', size(), '64KiB', 65_536],
  ['a whole number', whole(1, 5), 5, 5],
  ['a name', identifier(), 'Größe 2.a_b-c', 'Größe 2.a_b-c'],
])('%s', (_, schema, written, value) => expect(schema.parse(written)).toBe(value))

test.each<[string, z.ZodType, unknown, string]>([
  ['a bare number', duration(), 5, 'expected a duration with its unit, such as 500ms, 10s or 1m30s; did you mean "5s"?'],
  ['a bare rate', rate(), 20, 'did you mean "20/s"?'],
  ['a bare size', size(), 64, 'did you mean "64B"?'],
  ['a word', duration(), 'soon', 'got "soon"'],
  ['a long text', duration(), 'x'.repeat(100), `got "${'x'.repeat(40)}"`],
  ['nothing', duration(), null, 'expected a duration with its unit, such as 500ms, 10s or 1m30s'],
  ['zero', positiveDuration(), '0s', 'must be longer than zero'],
  ['a rate of zero', rate(), '0/s', 'must be above zero'],
  ['a fraction', whole(1, 5), 1.5, 'expected a whole number from 1 to 5'],
  ['a name that begins with a space', identifier(), ' a', 'expected a name of letters'],
  ['a name of 101 characters', identifier(), 'x'.repeat(101), 'at most 100'],
])('%s is refused: %s', (_, schema, value, message) => expect(faultOf(schema, value)).toContain(message))

test.each<[z.ZodType, string[], string[]]>([
  [duration(), ['500ms', ' 1m30s', '${env.T}'], ['5', '5 s', 'soon']],
  [rate(), ['20/s', '1 / h', '${env.R}'], ['20', '20/ms']],
  [size(), ['64KiB', '1.5 MB', '${env.S}'], ['64', '64kb']],
])('editors tell what fits from what does not', (schema, good, bad) => {
  const { pattern } = z.toJSONSchema(schema, { io: 'input' })
  for (const text of good) expect(text).toMatch(new RegExp(pattern ?? '^$'))
  for (const text of bad) expect(text).not.toMatch(new RegExp(pattern ?? ''))
})

test('the fields of an object are made once, when it is first used', () => {
  let made = 0
  const fields = () => {
    made++
    return { a: whole(1, 5).default(3) }
  }
  const late = lateObject(fields)
  const checked = late
    .refine(({ a }) => a !== 4, 'not 4')
    .optional()
    .describe('An object')
  expect(made).toBe(0)
  expect(checked.parse({})).toEqual({ a: 3 })
  expect(faultOf(checked, { a: 4 })).toBe('not 4')
  expect(faultOf(checked, { b: 1 })).toBe(faultOf(z.strictObject({}), { b: 1 }))
  expect(late.extend({ b: z.string() }).parse({ b: 'x' })).toEqual({ a: 3, b: 'x' })
  expect(made).toBe(1)
  expect(z.toJSONSchema(late)).toEqual(z.toJSONSchema(z.strictObject(fields())))
})

test('a sparse object makes the schemas of only those fields that an input has, and checks as a strict one does', () => {
  const made: string[] = []
  const field = (name: string) => () => {
    made.push(name)
    return z.number().optional()
  }
  const schema = sparseObject({ a: field('a'), b: field('b'), c: field('c') }).refine(({ a = 0 }) => a < 10, 'too much')
  expect(schema.parse({ c: 3, a: 1 })).toEqual({ a: 1, c: 3 })
  expect(Object.keys(schema.parse({ c: 3, a: 1 }))).toEqual(['a', 'c'])
  expect(made).toEqual(['a', 'c'])
  expect(schema.safeParse({ a: 'x' }).error?.issues[0]?.path).toEqual(['a'])
  expect(schema.safeParse({ a: 11 }).error?.issues[0]?.message).toBe('too much')
  expect(made).toEqual(['a', 'c'])
  expect(schema.safeParse([]).error?.issues[0]?.code).toBe('invalid_type')
  expect(schema.safeParse({ a: 1, d: 1 }).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['d'] })
  expect(made).toEqual(['a', 'c', 'b'])
  expect(Object.keys(schema.shape)).toEqual(['a', 'b', 'c'])
})
