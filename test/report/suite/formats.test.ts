import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import type { Result } from '../../../src/result/schema.ts'
import { empty, fine, HOSTILE, thresholdFailed } from '../results.ts'
import { suiteOf, testFrom, unstarted } from './suites.ts'

const tests = [testFrom(1, 'chat', fine), testFrom(2, 'slow', thresholdFailed), unstarted(3, 'later')]
const suite = suiteOf(tests, { verdict: 'aborted', exitCode: 130 })
const results = new Map<number, Result>([
  [1, fine],
  [2, thresholdFailed],
])

test('the terminal has the verdict, the table, and why others did not pass', () => {
  const text = suiteFormats.console(suite, { ...FILE_OPTIONS, directory: 'out' })
  expect(text).toMatch(/^ABORTED {2}nightly/)
  expect(text).toContain('results in out')
  expect(text).toContain(`✗ slow: failed: ${thresholdFailed.reason}`)
  expect(text).toContain('✗ later: not started: never started')
  expect(text).not.toContain('✗ chat')
})

test('one JUnit document has the cases of all runs, and a red one for a test without a run', () => {
  const xml = suiteFormats.junit(suite, FILE_OPTIONS, results)
  const names = Array.from(xml.matchAll(/<testsuite name="([^"]*)"/g), ([, name]) => name)
  expect(names[0]).toBe('burn.suite')
  expect(names).toEqual(expect.arrayContaining(['chat: burn.run', 'slow: burn.thresholds']))
  expect(new Set(names).size).toBe(names.length)
  const [own = ''] = /<testsuite name="burn.suite"[\s\S]*?<\/testsuite>/.exec(xml) ?? []
  expect(own).toMatch(/name="chat"[^>]*>\s*<system-out>/)
  expect(own).toMatch(/name="slow"[^>]*>\s*<skipped message="failed: the cases of its run say why"/)
  expect(own).toMatch(/name="later"[^>]*>\s*<error message="not started: never started/)
  expect(xml).toMatch(/<testsuites name="burn.nightly" tests="\d+" failures="[1-9]\d*" errors="1"/)
})

test('Markdown has a row for each test, in the order of their ranks', () => {
  const text = suiteFormats.md(suite)
  expect(text).toMatch(/^## nightly: ABORTED/)
  expect(text.match(/^\| (?:1|–) \| \w+/gm)).toEqual(['| 1 | chat', '| – | slow', '| – | later'])
  expect(text).toContain('- later: not started')
})

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

test.each(['console', 'md', 'junit', 'json', 'html'] as const)('%s: no name of a scenario acts on what shows it', (format) => {
  const hostile = suiteOf([testFrom(1, HOSTILE, { ...empty, reason: HOSTILE })], { suite: HOSTILE, reason: HOSTILE })
  const text = suiteFormats[format](hostile, FILE_OPTIONS, new Map([[1, { ...empty, reason: HOSTILE }]]))
  expect(text).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/)
  if (format === 'md' || format === 'junit' || format === 'html') expect(text).not.toContain('<b>')
})
