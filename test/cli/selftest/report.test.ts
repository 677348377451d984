/** The table of a selftest. */
import { expect, test } from 'vitest'
import { selftestText } from '../../../src/cli/selftest/report.ts'
import { found } from './levels.ts'

test('the table shows what was measured, a dash for what was not, and what was left out', () => {
  const lines = selftestText(found).split('\n')
  expect(lines.find((line) => line.startsWith('sse'))).toMatch(/ceiling +2,000\/s$/)
  expect(lines.find((line) => line.includes('10%'))).toMatch(
    /10% +200\/s +200\/s +\+0\.2ms \/ \+1\.5ms +-0\.01ms \/ \+0\.6ms +\+0\.1ms \/ \+0\.9ms +– +12% +0\.4ms$/,
  )
  expect(lines).toContain('not measured: mqtt: no exchange succeeded')
})
