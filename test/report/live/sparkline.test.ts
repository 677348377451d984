import { expect, test } from 'vitest'
import { chartOf } from '../../../src/report/live/sparkline.ts'

const points = (values: readonly (number | null)[], first = 0) => values.map((value, i) => ({ atMs: (first + i) * 1000, value }))

test.each([
  ['from 0 to the largest', [0, 1, 4, 8], 60, 1, ['▁▁▄█']],
  ['nothing measured is a gap', [8, null, 8], 60, 1, ['█ █']],
  ['all zero is a low line', [0, 0], 60, 1, ['▁▁']],
  ['two lines have twice the steps', [16, 8, 1], 60, 2, ['█  ', '██▁']],
  ['in half the columns the larger of two', [1, 8, 4, 2], 30, 1, ['█▄']],
  ['no point', [], 60, 1, ['']],
] as const)('%s: %j in %i columns', (_, values, columns, height, lines) => {
  expect(chartOf(points(values), columns, height, true)).toEqual(lines)
})

test('a column keeps its seconds as time goes by', () => {
  const values = [1, 8, 4, 2, 8, 1]
  expect(chartOf(points(values.slice(1), 1), 30, 1, true)).toEqual(['█▄█'])
  expect(chartOf(points(values.slice(2), 2), 30, 1, true)).toEqual(['▄█'])
})

test('without Unicode it is ASCII', () => {
  expect(chartOf(points([0, 4, 8]), 60, 1, false)).toEqual(['.=@'])
})
