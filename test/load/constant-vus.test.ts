import { expect, test } from 'vitest'
import { constantVus } from '../../src/load/constant-vus.ts'

const build = (fields: object, users = 0) =>
  constantVus.build(constantVus.fields.parse({ for: '10s', ...fields }), { users, ratePerSecond: 0 }, '.')

test.each([
  ['without a ramp, the users of the phase before do not count', { users: 2 }, 9, 2],
  ['those that a ramp takes away count', { users: 2, ramp: '1s' }, 9, 9],
  ['those that it adds count at its end', { users: 9, ramp: '1s' }, 2, 9],
])('%s', (_, fields, before, most) => expect(build(fields, before).maxUsers).toBe(most))

test('pace and length are those of the phase, and nothing else bounds it', () => {
  expect(build({ users: 2, pace: '30/m' })).toMatchObject({ model: 'closed', pacePerSecond: 0.5, lengthMs: 10_000 })
  expect(build({ users: 2 })).toMatchObject({
    sharedIterations: undefined,
    iterationsPerUser: undefined,
    pacePerSecond: undefined,
  })
})

test.each([{ users: 0 }, { users: 1.5 }, { users: 1, for: '0s' }, { users: 1, pace: '0/s' }, {}, { users: 1, from: 2 }])(
  '%j is refused',
  (fields) => expect(constantVus.fields.safeParse({ for: '10s', ...fields }).success).toBe(false),
)
