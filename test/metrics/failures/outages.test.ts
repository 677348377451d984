import { describe, expect, test } from 'vitest'
import { lengthOf } from '../../../src/metrics/failures/outages.ts'
import { seen } from './seen.ts'

const found = (pattern: string, dueMs?: number) =>
  seen(pattern, dueMs).listed.map(({ fromAt, untilAt, failures, injected }) => [fromAt, untilAt, failures, injected])

describe('an outage', () => {
  test.each([
    ['++++', []],
    ['+-+--+', []],
    ['+---+', [[900, 4000, 3, 0]]],
    [
      '+---++----+',
      [
        [900, 4000, 3, 0],
        [5900, 10_000, 4, 0],
      ],
    ],
    // It goes on.
    ['+---', [[900, undefined, 3, 0]]],
    // Never a success before it.
    ['---+', [[-100, 3000, 3, 0]]],
    ['+i-i+', [[900, 4000, 3, 2]]],
    // Failures on this side, and attempts that were cut, say nothing of the target.
    ['+-l-c+', []],
    ['+-l-c-+', [[900, 6000, 3, 0]]],
  ])('in %s: %j', (pattern, expected) => expect(found(pattern)).toEqual(expected))

  test('begins no earlier than the last success before it ended, however long ago its attempts were due', () => {
    expect(found('+++---+', 60_000)).toEqual([[2000, 6000, 3, 0]])
  })

  test('that goes on is as long as failures were seen; the longest and the mean take it', () => {
    const outages = seen('+---+------')
    expect(outages.count).toBe(2)
    expect(outages.longest && lengthOf(outages.longest)).toBe(5100)
    expect(outages.meanMs).toBe((3100 + 5100) / 2)
    expect(outages.goesOn?.failures).toBe(6)
  })

  test('is counted and measured beyond the hundred that are listed', () => {
    const outages = seen(`${'+---'.repeat(150)}+-----+`)
    expect([outages.count, outages.listed.length, outages.longest?.failures]).toEqual([151, 100, 5])
  })
})
