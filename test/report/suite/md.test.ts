/** A suite in Markdown. */
import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { suite } from './suites.ts'

test('Markdown has a row for each test, in the order of their ranks', () => {
  const text = suiteFormats.md(suite)
  expect(text).toMatch(/^## nightly: ABORTED/)
  expect(text.match(/^\| (?:1|–) \| \w+/gm)).toEqual(['| 1 | chat', '| – | slow', '| – | later'])
  expect(text).toContain('- later: not started')
})
