import { expect, test } from 'vitest'
import { oppositeChecks, textChecks } from '../../../../src/metrics/check/kinds/text-schema.ts'

test('each check of the text has an opposite that takes the same', () => {
  const keys = Object.keys(textChecks) as (keyof typeof textChecks)[]
  expect(Object.keys(oppositeChecks)).toEqual(keys.map((key) => `not-${key}`))
  const values = ['', 'a', [], ['a'], true, -1, 3, { to: 'a' }, { min: 1 }, {}, { type: 'object' }]
  for (const key of keys) {
    const opposite = oppositeChecks[`not-${key}`]()
    expect(opposite.description).toBe(`The opposite of ${key}`)
    const accepted = (schema: typeof opposite) => values.map((value) => schema.safeParse(value).success)
    expect(accepted(opposite), key).toEqual(accepted(textChecks[key]()))
  }
})

test.each([
  ['word-count', {}, 'expected min, max or both'],
  ['word-count', -1, ''],
  ['similar', { to: 'a', threshold: 1.1 }, ''],
  ['levenshtein', { to: '', max: 1 }, ''],
  ['contains-any', [], ''],
  ['contains-all', Array.from({ length: 101 }, () => 'a'), ''],
  ['regex', 'a(', ''],
] as const)('%s: %j is refused', (key, value, message) => {
  const { error } = textChecks[key]().safeParse(value)
  expect(JSON.stringify(error?.issues)).toContain(message)
  expect(error).toBeDefined()
})
