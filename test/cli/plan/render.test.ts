import { expect, test } from 'vitest'
import { sparkline } from '../../../src/cli/plan/render.ts'

test('sparklines', () => {
  expect(sparkline([0, 1, 4, 8], 8)).toBe('·▂▅█')
  expect(sparkline([0, 0], 0)).toBe('··')
})
