/** When a load holds. */
import { expect, test } from 'vitest'
import { point, threshold } from './points.ts'

test('a load holds only by thresholds that passed: not without any, nor when nothing succeeded or a rule ended the run', () => {
  const passed = [threshold('gold < 1', 0.5, 1)]
  expect(point(passed).tiers[0]?.holds).toBe(true)
  expect(point([]).tiers[0]?.holds).toBe(false)
  expect(point(passed, { exitCodes: [3] }).tiers[0]).toMatchObject({ holds: false, used: 20 })
  expect(point(passed, { exitCodes: [1] }).tiers[0]).toMatchObject({ holds: false, used: 20 })
})
