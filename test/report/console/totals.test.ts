import { expect, test } from 'vitest'
import { countsText } from '../../../src/report/console/totals.ts'
import { counts } from '../results.ts'

test('counts add up, with what was in flight when a killed run last wrote its result', () => {
  expect(countsText(counts(9, 1, 2, 3))).toBe('15 planned = 9 ok + 1 failed + 2 unfinished + 3 dropped')
  expect(countsText({ ...counts(9), planned: 12, started: 12 })).toBe('12 planned = 9 ok + 3 in flight')
})
