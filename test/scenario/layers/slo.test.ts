import { expect, test } from 'vitest'
import { SLO_NAMES, sloText, sloThresholds } from '../../../src/scenario/layers/slo.ts'

test.each([
  ['websocket', ['errors <= 1%', '100ms', '200ms', '10/s'], ['errors <= 0.5%', '80ms']],
  ['mqtt', ['errors <= 2%', '200ms', '500ms', '5/s'], ['errors <= 1%', '160ms']],
  ['http', ['errors <= 0.5%', '300ms', '1000ms', '20/s'], ['errors <= 0.25%', '240ms']],
  ['spike', ['errors <= 10%', '2000ms', undefined, '0.5/s'], ['errors <= 5%', '1600ms']],
] as const)('%s: the limits, and warnings at half of the errors and four fifths of p95', (name, limits, warnings) => {
  const [errors, p95, p99, rate] = limits
  expect(sloThresholds(name)).toEqual([
    errors,
    `response_time p95 <= ${p95}`,
    ...(p99 === undefined ? [] : [`response_time p99 <= ${p99}`]),
    `rate >= ${rate}`,
    { threshold: warnings[0], severity: 'warn' },
    { threshold: `response_time p95 <= ${warnings[1]}`, severity: 'warn' },
  ])
})

test('all levels are described', () => {
  expect(SLO_NAMES).toEqual(['websocket', 'mqtt', 'http', 'spike'])
  expect(sloText('http')).toBe('http: errors 0.5 %, p95 300 ms, p99 1000 ms, 20/s')
  expect(sloText('spike')).toBe('spike: errors 10 %, p95 2000 ms, 0.5/s')
})
