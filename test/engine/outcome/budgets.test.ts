import { expect, test } from 'vitest'
import { withBudget } from '../../../src/engine/outcome/budgets.ts'
import { threshold } from '../../report/results.ts'

test('planned iterations are only counted for a budget that ended the run: each checkpoint builds a result', () => {
  const results = [threshold('cost sum < 1', {})]
  const ranWholePlan = () => {
    throw new Error('counted')
  }
  expect(withBudget(results, { usedUp: undefined, ranWholePlan })).toEqual(results)
})
