import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/exchange.ts'
import { Departure } from '../../../src/metrics/failures/departure.ts'
import { failedExchange } from '../exchanges.ts'

test('a target that comes back is not gone', () => {
  const departure = new Departure()
  const see = (outcome: string, failureClass?: string) =>
    departure.see(failureClass === undefined ? ({ outcome, endedAt: 1 } as Exchange) : failedExchange(failureClass, '', 1))
  see('ok')
  see('failed', 'reset')
  expect(departure.isGone).toBe(false)
  see('failed', 'refused')
  expect(departure.isGone).toBe(true)
  see('ok')
  expect(departure.isGone).toBe(false)
})
