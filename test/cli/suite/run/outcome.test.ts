import { expect, test } from 'vitest'
import { endOf, UNDER_WAY } from '../../../../src/cli/suite/run/outcome.ts'
import type { SuiteTest } from '../../../../src/result/suite.ts'
import { fine } from '../../../report/results.ts'
import { testFrom, unstarted } from '../../../report/suite/suites.ts'

const passed = testFrom(1, 'ok', fine)
const ended = (
  name: string,
  verdict: NonNullable<SuiteTest['verdict']>,
  exitCode: NonNullable<SuiteTest['exitCode']>,
): SuiteTest => ({
  ...testFrom(2, name, fine),
  verdict,
  exitCode,
})
const failed = ended('slow', 'failed', 1)
const invalid = ended('busy', 'invalid', 4)
const crashed = ended('broken', 'error', 5)
const unable: SuiteTest = { ...unstarted(3, 'unable'), status: 'could_not_start', verdict: 'error', exitCode: 7 }

test.each([
  ['any', [passed], 'passed', 0],
  ['any', [passed, failed], 'failed', 1],
  ['any', [passed, invalid], 'failed', 4],
  ['any', [passed, failed, crashed], 'failed', 5],
  ['any', [passed, unable], 'failed', 7],
  ['any', [], 'failed', 3],
  ['all', [passed, failed, invalid, crashed, unable], 'passed', 0],
  ['all', [failed, invalid], 'failed', 4],
  ['all', [unable], 'failed', 7],
  ['all', [], 'failed', 3],
] as const)('--fail-on %s, %#: %s', (failOn, tests, verdict, exitCode) => {
  expect(endOf(tests, failOn, undefined)).toMatchObject({ status: 'completed', verdict, exitCode })
})

test.each(['any', 'all'] as const)('--fail-on %s: a signal ends the suite as aborted, whatever has passed', (failOn) => {
  expect(endOf([passed, unstarted(2, 'later')], failOn, 130)).toEqual({
    status: 'stopped',
    verdict: 'aborted',
    exitCode: 130,
    exitCodes: [130],
    reason: expect.stringContaining('not later (not started)'),
  })
})

test('a pass with an exit code, and a code of 0 without a pass, are no passes', () => {
  expect(endOf([{ ...passed, exitCode: 7 }], 'any', undefined)).toMatchObject({ verdict: 'failed', exitCode: 7 })
  expect(endOf([{ ...passed, verdict: 'incomplete' }], 'any', undefined)).toMatchObject({ verdict: 'failed', exitCode: 1 })
})

test('the reason names those that did not pass, the first five of many', () => {
  expect(endOf([passed, failed, invalid], 'any', undefined).reason).toBe('1 of 3 tests passed; not slow (failed), busy (invalid)')
  expect(endOf([passed, ...Array.from({ length: 9 }, () => failed)], 'all', undefined).reason).toMatch(
    / and 4 more; one that passes/,
  )
  expect(endOf([passed, passed], 'any', undefined).reason).toBe('all 2 tests passed')
})

test('what is written while a suite goes on is no pass', () => {
  expect(UNDER_WAY).toMatchObject({ verdict: 'incomplete', exitCode: 4 })
})
