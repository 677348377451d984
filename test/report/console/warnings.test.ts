import { expect, test } from 'vitest'
import { warningLines, warningsOf } from '../../../src/report/console/warnings.ts'
import { makePen } from '../../../src/report/text/pen.ts'
import { fine } from '../results.ts'

const warnings = { bad_utf8: 2, extra_bytes: 0, 'my\x1bown': 1200 }

test('the most frequent first, without those that never came', () => {
  expect(warningsOf({ warnings }).map(({ name, count, text }) => [name, count, text === ''])).toEqual([
    ['my\x1bown', 1200, true],
    ['bad_utf8', 2, false],
  ])
})

test('counts stand below each other, and names are safe', () => {
  const lines = warningLines({ ...fine, warnings }, makePen({ color: false, width: 200, unicode: true }), 5)
  expect(lines[0]).toBe('  1,200x  my\\u{1b}own')
  expect(lines[1]).toMatch(/^ {6}2x {2}bad_utf8: /)
  expect(warningLines({ ...fine, warnings }, makePen({ color: false, width: 200, unicode: true }), 1)).toHaveLength(1)
})
