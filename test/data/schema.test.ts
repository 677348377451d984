import { afterEach, expect, test } from 'vitest'
import { checkFeeder, dataSchema, feederSchema } from '../../src/data/index.ts'
import { folder } from './files.ts'

let cleanup = (): void => {}
afterEach(() => cleanup())

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

test('check tells the columns, and what is wrong, from the beginning of the file', () => {
  const made = folder({
    'good.csv': 'name,order\nAda,1\n',
    'late.csv': `a,b\n${'1,2\n'.repeat(200)}3\n`,
    'early.csv': 'a,b\n1,2\n3\n',
    'semicolon.csv': 'a;b\n1;2\n',
    'rows.jsonl': '{"a":1}\n{"b":2}\n',
    'broken.jsonl': '{"a":1}\nx\n',
  })
  cleanup = made.cleanup
  const check = (file: string) => checkFeeder({ file }, made.dir)
  expect(check('good.csv')).toEqual({ problems: [], columns: ['name', 'order'], complete: true })
  expect(check('late.csv')).toEqual({ problems: [], columns: ['a', 'b'], complete: true })
  expect(check('early.csv')).toMatchObject({
    problems: [{ severity: 'error', key: 'file', message: 'early.csv:3: this row has 1 field, expected 2' }],
    columns: [],
    complete: false,
  })
  expect(check('semicolon.csv').problems).toEqual([
    {
      severity: 'warning',
      key: 'delimiter',
      message: 'semicolon.csv has one column only: a;b',
      hint: 'did you mean delimiter: ";"?',
    },
  ])
  expect(check('rows.jsonl')).toEqual({ problems: [], columns: ['a', 'b'], complete: false })
  expect(check('broken.jsonl').problems[0]?.message).toMatch(/^broken\.jsonl:2: this is not JSON/)
  expect(check('none.csv').problems).toEqual([
    {
      severity: 'error',
      key: 'file',
      message: 'none.csv: there is no such file',
      hint: 'relative paths start at the folder of the scenario',
    },
  ])
})
