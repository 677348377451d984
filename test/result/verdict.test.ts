import { expect, test } from 'vitest'
import { EXIT } from '../../src/errors.ts'
import { isBrokenCode, isSignalCode, verdictOf } from '../../src/result/verdict.ts'

test.each([
  ['ok', 'passed', false, false],
  ['verdictFailed', 'failed', false, false],
  ['usage', 'error', false, false],
  ['couldNotTest', 'could_not_test', false, false],
  ['notValid', 'invalid', false, false],
  ['bug', 'error', false, true],
  ['inputs', 'error', false, false],
  ['local', 'error', false, true],
  ['sigint', 'aborted', true, false],
  ['sigterm', 'aborted', true, false],
] as const)('%s: %s', (name, verdict, signal, broken) => {
  const code = EXIT[name]
  expect([verdictOf(code), isSignalCode(code), isBrokenCode(code)]).toEqual([verdict, signal, broken])
})
