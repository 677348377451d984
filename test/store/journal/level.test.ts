import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { journalLevelText, parseJournalLevel } from '../../../src/store/journal/level.ts'
import { thrownBy } from '../temp.ts'

describe('parseJournalLevel', () => {
  test.each([
    ['all', { kind: 'all' }],
    ['errors', { kind: 'errors' }],
    ['none', { kind: 'none' }],
    ['sample:0.1', { kind: 'sample', share: 0.1 }],
    ['sample:.5', { kind: 'sample', share: 0.5 }],
    ['sample:1', { kind: 'sample', share: 1 }],
  ])('%s', (text, level) => expect(parseJournalLevel(text)).toEqual(level))

  test.each(['', 'ALL', 'sample', 'sample:', 'sample:0', 'sample:1.1', 'sample:-1', 'sample:1e9', 'sample:10%'])(
    '%j is refused',
    (text) => {
      expect(thrownBy(() => parseJournalLevel(text))).toBeInstanceOf(UsageError)
    },
  )

  test('reads back what it wrote', () => expect(journalLevelText(parseJournalLevel('sample:0.25'))).toBe('sample:0.25'))
})
