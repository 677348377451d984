import { expect, test } from 'vitest'
import type { ClosedLoad } from '../../src/load/executor.ts'
import { perUserIterations, sharedIterations } from '../../src/load/iterations.ts'

const NOTHING = { users: 7, ratePerSecond: 3 }
const shared = (fields: object) => sharedIterations.build(sharedIterations.fields.parse(fields), NOTHING, '.') as ClosedLoad
const each = (fields: object) => perUserIterations.build(perUserIterations.fields.parse(fields), NOTHING, '.') as ClosedLoad

test('one user when nobody says how many, and never more than there are iterations', () => {
  expect(shared({ iterations: 5 })).toMatchObject({ maxUsers: 1, sharedIterations: 5, iterationsPerUser: undefined })
  expect(shared({ iterations: 3, users: 10 }).usersAt(0)).toBe(3)
  expect(each({ iterationsPerUser: 1, users: 10 }).usersAt(1e6)).toBe(10)
})

test('only `for` bounds them in time', () => {
  expect([shared({ iterations: 5 }).lengthMs, each({ iterationsPerUser: 5 }).lengthMs]).toEqual([undefined, undefined])
  expect(each({ iterationsPerUser: 5, for: '2s', pace: '4/s' })).toMatchObject({
    lengthMs: 2000,
    pacePerSecond: 4,
    iterationsPerUser: 5,
    sharedIterations: undefined,
  })
})

test.each([
  { iterations: 0 },
  { iterations: 1.5 },
  { iterations: 1e10 },
  { iterations: 1, users: 0 },
  { iterations: 1, for: '0s' },
])('%j is refused', (fields) => expect(sharedIterations.fields.safeParse(fields).success).toBe(false))
