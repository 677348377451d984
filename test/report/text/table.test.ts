import { expect, test } from 'vitest'
import { columnWidths } from '../../../src/report/text/table.ts'

test('columns are as wide as their widest cell on a terminal', () => {
  expect(
    columnWidths([
      ['a', 'bb'],
      ['日本', ''],
      ['x', 'y', 'zzz'],
    ]),
  ).toEqual([4, 2, 3])
  expect(columnWidths([])).toEqual([])
})
