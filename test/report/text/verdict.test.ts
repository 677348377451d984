import { expect, test } from 'vitest'
import { shownVerdict, verdictWord } from '../../../src/report/text/verdict.ts'
import { fine } from '../results.ts'

test('a run that never ended is incomplete, whatever verdict it had', () => {
  expect(shownVerdict({ ...fine, status: 'running', verdict: 'passed' })).toBe('incomplete')
  expect(shownVerdict({ ...fine, status: 'completed', verdict: 'could_not_test' })).toBe('could_not_test')
  expect([verdictWord('could_not_test'), verdictWord('passed')]).toEqual(['COULD NOT TEST', 'PASSED'])
})
