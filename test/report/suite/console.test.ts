/** A suite on the terminal. */
import { expect, test } from 'vitest'
import { suiteFormats } from '../../../src/report/suite/index.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { thresholdFailed } from '../results.ts'
import { suite } from './suites.ts'

test('the terminal has the verdict, the table, and why others did not pass', () => {
  const text = suiteFormats.console(suite, { ...FILE_OPTIONS, directory: 'out' })
  expect(text).toMatch(/^ABORTED {2}nightly/)
  expect(text).toContain('results in out')
  expect(text).toContain(`✗ slow: failed: ${thresholdFailed.reason}`)
  expect(text).toContain('✗ later: not started: never started')
  expect(text).not.toContain('✗ chat')
})
