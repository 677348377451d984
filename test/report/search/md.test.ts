/** A search in Markdown. */
import { expect, test } from 'vitest'
import { searchFormats } from '../../../src/report/search/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import type { SearchResult } from '../../../src/result/search.ts'
import { HOSTILE } from '../results.ts'
import { search, tier } from './found.ts'

test('Markdown has the same table, and text from outside opens nothing', () => {
  expect(searchFormats.md(search)).toContain('| 9 users (knee) | 4.5 | 18 | 80ms | 900ms | 0% | 80% | 10m | yes |')
  const hostile: SearchResult = { ...search, search: HOSTILE, reason: HOSTILE, tiers: [{ ...tier, nearest: HOSTILE }] }
  for (const text of [searchFormats.md(hostile), searchFormats.console(hostile, FILE_OPTIONS), searchFormats.json(hostile)]) {
    expect(text).not.toContain('\u001b')
    expect(text).not.toMatch(/<script>alert/)
  }
})
