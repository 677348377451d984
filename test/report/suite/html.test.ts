/** The page of a suite. */
import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { thresholdFailed } from '../results.ts'
import { results, suite } from './suites.ts'

test('the page has all tests, the reasons, and thresholds of the runs that failed first', () => {
  const page = suiteFormats.html(suite, FILE_OPTIONS, results)
  expect(page).toMatch(/<title>aborted: nightly<\/title>/)
  for (const name of ['chat', 'slow', 'later']) expect(page).toContain(`<td>${name}</td>`)
  expect(page).toContain('<li>later: not started: never started')
  const open = page.indexOf('<details open><summary>slow: failed</summary>')
  expect(open).toBeGreaterThan(0)
  expect(page.indexOf('<details><summary>chat: passed</summary>')).toBeGreaterThan(open)
  expect(page).toContain(thresholdFailed.thresholds[0]?.threshold.replace('<', '&lt;'))
  const [, data = ''] = /<script type="application\/json" id="burn-suite">([\s\S]*?)<\/script>/.exec(page) ?? []
  expect(JSON.parse(data)).toEqual(suite)
})
