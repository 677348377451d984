/** A suite as JUnit cases. */
import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { results, suite } from './suites.ts'

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
