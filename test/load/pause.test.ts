import { expect, test } from 'vitest'
import type { ClosedLoad } from '../../src/load/executor.ts'
import { pause } from '../../src/load/pause.ts'

test('nobody is there from its beginning to its end, whoever was before', () => {
  const load = pause.build(pause.fields.parse({ pause: '3s' }), { users: 50, ratePerSecond: 9 }, '.') as ClosedLoad
  expect([0, 1500, 3000].map((ms) => load.usersAt(ms))).toEqual([0, 0, 0])
  expect(load).toMatchObject({ model: 'closed', lengthMs: 3000, maxUsers: 0 })
  expect(pause.fields.safeParse({ pause: '0s' }).success).toBe(false)
})
