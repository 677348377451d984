import { expect, test } from 'vitest'
import { byCount, errorLines, hintText } from '../../../src/report/console/errors.ts'
import { makePen } from '../../../src/report/text/pen.ts'
import { allErrors } from '../results.ts'

const [error] = allErrors.errors
if (!error) throw new Error('expected an error')
const group = (more: object) => ({ ...error, ...more })

test('the most frequent first, and of equal ones the earliest', () => {
  const groups = [group({ count: 1, firstMs: 0 }), group({ count: 5, firstMs: 9 }), group({ count: 5, firstMs: 2 })]
  expect(byCount(groups).map(({ firstMs }) => firstMs)).toEqual([2, 9, 0])
})

test.each([
  [{ class: 'reset', hint: 'look', onReused: 3, count: 3 }, 'look (all of them on a reused connection)'],
  [{ class: 'reset', hint: 'look', onReused: 2, count: 3 }, 'look (2 of them on a reused connection)'],
  [{ class: 'reset', hint: '', onReused: 2, count: 3 }, '2 of them on a reused connection'],
  [{ class: 'reset', hint: 'look', onReused: 0, count: 3 }, 'look'],
  [{ class: 'http_status', hint: 'look', onReused: 3, count: 3 }, 'look'],
  [{ class: 'bad_json', hint: 'look', onReused: 3, count: 3 }, 'look'],
])('%j', (given, hint) => expect(hintText(group(given))).toBe(hint))

test('a message of the target takes its own lines and no more than its place', () => {
  const errors = [
    group({ class: 'reset', step: 'open', count: 12, sample: 'one\n\x1b[2Jtwo', hint: 'look there', onReused: 0 }),
    group({ count: 1 }),
  ]
  const lines = errorLines({ ...allErrors, errors }, makePen({ color: false, width: 100, unicode: true }), 1)
  expect(lines).toEqual(['  12x  reset in open: one \\u{1b}[2Jtwo', '       → look there'])
})
