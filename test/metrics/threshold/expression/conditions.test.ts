import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findMetric } from '../../../../src/metrics/groups/catalogue.ts'
import {
  canHold,
  excludeEachOther,
  impossible,
  type NumberCondition,
  numbersOf,
  tautology,
} from '../../../../src/metrics/threshold/expression/conditions.ts'
import { holds, OPERATORS, type Operator } from '../../../../src/metrics/threshold/expression/limit.ts'
import { fault, parsed } from '../parse-line.ts'

const condition = fc.record({ operator: fc.constantFrom(...OPERATORS), limit: fc.integer({ min: -4, max: 4 }).map((n) => n / 2) })
const meets = (x: number) => (conditions: readonly NumberCondition[]) =>
  conditions.every(({ operator, limit }) => holds(x, operator, limit))

describe('whether any number meets all conditions', () => {
  const quarters = Array.from({ length: 41 }, (_, index) => index / 4 - 5)
  test.each([
    ['any number', {}, quarters],
    ['a whole number from 0 on', { least: 0, whole: true }, quarters.filter((x) => x >= 0 && Number.isInteger(x))],
    ['a share', { least: 0, most: 1 }, quarters.filter((x) => x >= 0 && x <= 1)],
    ['a time above 0', { least: 0, positive: true }, quarters.filter((x) => x > 0)],
  ])('%s: the same as when all are tried', (_, numbers, all) => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 3 }), (conditions) => {
        expect(canHold(conditions, numbers)).toBe(all.some((x) => meets(x)(conditions)))
      }),
    )
  })

  test('limits of any size have neighbours', () => {
    expect(canHold([{ operator: '>', limit: 1e300 }])).toBe(true)
    expect(canHold([{ operator: '<', limit: -1e18 }], { whole: true })).toBe(true)
  })
})

test.each<[string, Operator, number, string | undefined]>([
  ['errors', '<=', 1, 'this holds whatever is measured'],
  ['failed', '>=', 0, 'this holds whatever is measured'],
  ['failed', '!=', 1.5, 'this holds whatever is measured'],
  ['errors', '>', 1, 'this can never hold'],
  ['ttft', '<', 0, 'this can never hold'],
  ['ttft', '<=', 0, 'this can never hold'],
  ['failed', '==', 1.5, 'this can never hold, as it is a whole number'],
  ['errors', '<', 1, undefined],
  ['failed', '<=', 1.5, undefined],
  ['failed', '<', 0.5, undefined],
  ['errors', '==', 0, undefined],
  ['queue_wait', '<=', 0, undefined],
  ['ttft', '>', 0, undefined],
  ['cost', '==', 1.5, undefined],
])('%s %s %d: %s', (name, operator, limit, why) => {
  const metric = findMetric(name)
  expect(metric && tautology({ operator, limit }, numbersOf(metric, metric.unit))).toBe(why)
})

test('a mean of counts may have a fraction', () => {
  expect(parsed('output_tokens avg == 1.5').limit).toBe(1.5)
  expect(fault('output_tokens p50 == 1.5').message).toContain('as it is a whole number')
  expect(fault('ttft count == 1.5').message).toContain('as it is a whole number')
  expect(impossible({ operator: '==', limit: 1.5 }, { whole: true })).toContain('never')
})

describe('thresholds that no run can meet together', () => {
  test.each([
    ['errors < 1%', 'errors > 5%'],
    ['errors == 0', 'errors count > 0', false],
    ['failed <= 3', 'failed > 3'],
    ['failed > 3', 'failed < 4'],
    ['failed > 3', 'failed < 5', false],
    ['ttft p50 > 5s', 'ttft p99 < 1s'],
    ['ttft p99 < 1s', 'ttft p50 > 5s'],
    ['ttft p50 < 1s', 'ttft p99 > 5s', false],
    ['ttft p50 == 2s', 'ttft p90 == 1s'],
    ['ttft avg > 2s', 'ttft max < 1s'],
    ['ttft min > 2s', 'ttft avg <= 1s'],
    ['ttft avg > 2s', 'ttft p99 < 1s', false],
    ['ttft p50 > 5s', 'ttfo p99 < 1s', false],
    ['ttft count > 5', 'ttft max < 4ms', false],
    ['ttft sum < 1s', 'ttft max > 5s', false],
  ])('%s, %s', (a, b, excluded = true) => {
    expect(excludeEachOther(parsed(a), parsed(b))).toBe(excluded)
  })
})
