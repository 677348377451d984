import { expect, test } from 'vitest'
import { CATALOGUE, findMetric, type MetricKind } from '../../../../src/metrics/groups/catalogue.ts'
import {
  aggregateName,
  aggregatesOf,
  defaultAggregate,
  hasAggregate,
  observedUnit,
  readAggregate,
} from '../../../../src/metrics/threshold/expression/aggregate.ts'

test.each([
  ['p95', { kind: 'percentile', p: 95 }],
  ['p99.99', { kind: 'percentile', p: 99.99 }],
  ['p0', { kind: 'percentile', p: 0 }],
  ['p100', { kind: 'percentile', p: 100 }],
  ['median', { kind: 'percentile', p: 50 }],
  ['mean', { kind: 'avg' }],
])('%s', (word, aggregate) => expect(readAggregate(word)).toEqual(aggregate))

test.each(['p101', 'p', 'p99.99999', 'P95', 'p-1', 'constructor', ''])('%j is none', (word) =>
  expect(readAggregate(word)).toBeUndefined(),
)

const KINDS = [...new Set(CATALOGUE.map(({ kind }) => kind))] as MetricKind[]
test.each(KINDS)('every aggregate named for a %s is one of it, and reads back by its name', (kind) => {
  for (const word of aggregatesOf(kind)) {
    const aggregate = readAggregate(word)
    if (!aggregate) throw new Error(`${word} is no aggregate`)
    expect(hasAggregate(kind, aggregate), word).toBe(true)
    expect(readAggregate(aggregateName(aggregate))).toEqual(aggregate)
  }
  const usual = defaultAggregate(kind)
  if (kind === 'distribution') expect(usual).toBeUndefined()
  else expect(usual && hasAggregate(kind, usual)).toBe(true)
})

test.each([
  ['ttft', 'p95', 'ms'],
  ['ttft', 'count', 'count'],
  ['errors', 'ratio', 'ratio'],
  ['errors', 'count', 'count'],
  ['bytes_sent', 'count', 'bytes'],
])('%s %s is in %s', (name, word, unit) => {
  const [metric, aggregate] = [findMetric(name), readAggregate(word)]
  if (!metric || !aggregate) throw new Error('expected both')
  expect(observedUnit(metric, aggregate)).toBe(unit)
})

test('a rate has no percentiles', () => expect(hasAggregate('rate', { kind: 'percentile', p: 95 })).toBe(false))
