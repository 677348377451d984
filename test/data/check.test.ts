import { expect, test } from 'vitest'
import { checkFeeder } from '../../src/data/index.ts'
import { dirWith } from './files.ts'

test('check tells the columns, and what is wrong, from the beginning of the file', () => {
  const dir = dirWith({
    'good.csv': 'name,order\nAda,1\n',
    'late.csv': `a,b\n${'1,2\n'.repeat(200)}3\n`,
    'early.csv': 'a,b\n1,2\n3\n',
    'semicolon.csv': 'a;b\n1;2\n',
    'rows.jsonl': '{"a":1}\n{"b":2}\n',
    'broken.jsonl': '{"a":1}\nx\n',
  })
  const check = (file: string) => checkFeeder({ file }, dir)
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
