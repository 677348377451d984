/** Thresholds on outages. */
import { describe, expect, test } from 'vitest'
import { measureOutages } from '../../../src/engine/watch/outage-measure.ts'
import { Outages } from '../../../src/metrics/failures/outages.ts'
import type { Threshold } from '../../../src/metrics/threshold/threshold.ts'
import { seen } from '../../metrics/failures/seen.ts'

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
