import { describe, expect, test } from 'vitest'
import { measureOutages } from '../../../src/engine/watch/outage-measure.ts'
import { lengthOf, Outages } from '../../../src/metrics/failures/outages.ts'
import type { Threshold } from '../../../src/metrics/threshold/threshold.ts'
import { cutExchange, failedExchange, okExchange } from '../exchanges.ts'

/** Takes attempts by the second in which they end: `+` is ok, `-` failed, `i` failed with an injected fault, `l` failed on this side, `c` was cut. */
function seen(pattern: string, dueMs = 100, target = 't'): Outages {
  const outages = new Outages(target)
  for (const [second, one] of [...pattern].entries()) {
    const endedAt = second * 1000
    if (one === '+') outages.see(okExchange({ intended: endedAt - dueMs, ended: endedAt }))
    else if (one === 'c') outages.see(cutExchange())
    else {
      const exchange = failedExchange(one === 'l' ? 'local_template' : 'refused', '', endedAt)
      outages.see(Object.assign(exchange, { intended: endedAt - dueMs, ...(one === 'i' && { fault: 'drop' }) }))
    }
  }
  return outages
}

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

describe('a threshold on outages', () => {
  const measured = (kind: 'max' | 'avg' | 'count', operator: '<' | '>', target?: string) => {
    const threshold = { aggregate: { kind }, operator, tags: target === undefined ? {} : { target } }
    const targets = [seen('+---+', 100, 'a'), seen('+++++', 100, 'b'), new Outages('idle')]
    return measureOutages(threshold as unknown as Pick<Threshold, 'aggregate' | 'operator' | 'tags'>, targets)
  }

  test.each([
    ['max', '<', undefined, 3100, 10],
    ['max', '>', undefined, 0, 10],
    ['avg', '<', 'a', 3100, 5],
    ['max', '<', 'b', 0, 5],
    ['count', '<', undefined, 1, 10],
    ['max', '<', 'idle', null, 0],
  ] as const)('%s %s of %s is %s over %s attempts', (kind, operator, target, observed, samples) => {
    expect(measured(kind, operator, target)).toMatchObject({ observed, samples })
  })
})
