import { expect, test } from 'vitest'
import * as z from 'zod'
import { parseWith } from '../../../src/scenario/explain/parse-with.ts'

test('issues are found once for each object and schema', () => {
  let asked = 0
  const schema = z.object({ a: z.number() }).refine(() => {
    asked += 1
    return true
  })
  const value = { a: 1 }
  expect([parseWith(schema, value), parseWith(schema, value), parseWith(schema, { a: 1 })]).toEqual([[], [], []])
  expect(asked).toBe(2)
})

test('another schema has issues of its own, and so has a value that is no object', () => {
  const value = { a: 'x' }
  const [text, number] = [z.object({ a: z.string() }), z.object({ a: z.number() })]
  expect([parseWith(text, value).length, parseWith(number, value).length, parseWith(number, value)[0]?.path]).toEqual([
    0,
    1,
    ['a'],
  ])
  expect([parseWith(z.string(), 5).length, parseWith(z.number(), 5).length]).toEqual([1, 0])
})
