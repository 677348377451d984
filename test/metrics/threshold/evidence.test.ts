import { expect, test } from 'vitest'
import { NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import { type CountedMetric, findMetric } from '../../../src/metrics/groups/catalogue.ts'
import { windowEvidence } from '../../../src/metrics/threshold/evidence.ts'

test('rates are those of the window, and what cannot be formed is null', () => {
  const { value, inFlight } = windowEvidence({ ...NO_COUNTERS, ok: 30 }, 4, 10_000, () => undefined)
  expect([value(findMetric('rate') as CountedMetric), value(findMetric('checks') as CountedMetric), inFlight]).toEqual([
    3,
    null,
    4,
  ])
})
