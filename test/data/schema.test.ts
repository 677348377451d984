import { expect, test } from 'vitest'
import { dataSchema, feederSchema } from '../../src/data/index.ts'

test.each<[object, string, string]>([
  [{ file: 'a.xls' }, 'file', 'cannot tell the format'],
  [{ file: 'a.json', delimiter: ';' }, 'delimiter', 'belongs to CSV'],
  [{ file: 'a.jsonl', columns: ['x'] }, 'columns', 'belongs to CSV'],
  [{ file: 'a.csv', delimiter: '::' }, 'delimiter', 'one ASCII character'],
  [{ file: 'a.csv', delimiter: '"' }, 'delimiter', 'one ASCII character'],
  [{ file: 'a.csv', pick: 'random', onEnd: 'stop' }, 'onEnd', 'pick: random has no end'],
  [{ file: 'a.csv', pick: 'unique', onEnd: 'wrap' }, 'onEnd', 'pick: unique takes onEnd: fail or stop'],
  [{ file: 'a.csv', pick: 'user', onEnd: 'stop' }, 'onEnd', 'pick: user takes onEnd: fail or wrap'],
  [{ file: 'a.csv', pick: 'any' }, 'pick', 'Invalid option'],
])('refused: %j', (input, path, message) => {
  const issue = feederSchema.safeParse(input).error?.issues[0]
  expect(issue?.path).toEqual([path])
  expect(issue?.message).toContain(message)
})

test('names are variable names', () => {
  expect(dataSchema.safeParse({ customers: { file: 'a.csv' } }).success).toBe(true)
  expect(dataSchema.safeParse({ 'a b': { file: 'a.csv' } }).success).toBe(false)
  expect(dataSchema.safeParse({ a: { file: 'a.csv', picks: 'random' } }).success).toBe(false)
})
