import { expect, test } from 'vitest'
import { BreachWatch } from '../../../src/engine/watch/breaches.ts'
import { thresholdSchema } from '../../../src/metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../../src/result/schema.ts'

const resultOf = (state: ThresholdResult['state'], fewSamples = false): ThresholdResult => ({
  threshold: 't',
  state,
  severity: 'fail',
  observed: 2,
  limit: 1,
  unit: 'ms',
  samples: 100,
  fewSamples,
})

/** In which seconds, from 1, a threshold is told, when its states so far are these: failed, passed, or failed with few samples. */
function told(threshold: unknown, states: string): number[] {
  const watch = new BreachWatch([thresholdSchema.parse(threshold)])
  return [...states].flatMap((letter, i) => {
    const result = resultOf(letter === 'p' ? 'passed' : 'failed', letter === 'w')
    return watch.feed([result]).length > 0 ? [i + 1] : []
  })
}

test.each<[unknown, string, number[]]>([
  ['ttft p95 < 1s', 'ffff', [3]],
  ['ttft p95 < 1s', 'ffpffpff', []],
  ['ttft p95 < 1s', 'ffpfffppfff', [6]],
  ['ttft p95 < 1s', 'wwwwfff', [7]],
  [{ threshold: 'errors < 5%', window: '30s' }, 'pf', [2]],
  [{ threshold: 'ttft p95 < 1s', window: '30s' }, 'pwww', [2]],
  ['errors < 5%', 'pppfff', [6]],
  ['checks > 95%', 'fff', [3]],
  ['rate > 100/s', 'fffff', []],
])('%j with %s is told in seconds %j', (threshold, states, seconds) => {
  expect(told(threshold, states)).toEqual(seconds)
})
