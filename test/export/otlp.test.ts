/** OTLP in JSON, read by the messages of the standard: what they do not know would be lost on the way through them. */

// The classes that protobufjs has made of the standard's own files.
import root from '@opentelemetry/otlp-proto-exporter-base/build/src/generated/root.js'
import { describe, expect, test } from 'vitest'
import type { ExportSnapshot } from '../../src/export/points/point.ts'
import { snapshotOf } from '../../src/export/points/snapshot.ts'
import { inSteps } from '../../src/export/points/spread.ts'
import { otlpJson } from '../../src/export/text/otlp.ts'
import { atOnce } from '../../src/pieces.ts'
import { HOSTILE, RESULTS } from '../report/results.ts'

const atOnceJson = (...args: Parameters<typeof otlpJson>) => atOnce(otlpJson(...args)).join('')

/** What protobufjs makes of a message: types of plain objects are all that is needed of it. */
interface MessageType {
  fromObject(plain: unknown): object
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  toObject(message: object, options: object): unknown
}
const { ExportMetricsServiceRequest } = (
  root as unknown as { opentelemetry: { proto: { collector: { metrics: { v1: Record<string, MessageType> } } } } }
).opentelemetry.proto.collector.metrics.v1

/** A body as it is after a way through the binary form. */
function throughProto(json: string): unknown {
  const type = ExportMetricsServiceRequest
  if (type === undefined) throw new Error('the package has no metrics')
  return type.toObject(type.decode(type.encode(type.fromObject(JSON.parse(json))).finish()), { longs: String, enums: Number })
}

const stateOf = (name: keyof typeof RESULTS) => atOnce(snapshotOf(RESULTS[name]))

describe.each(['fine', 'allErrors', 'huge', 'empty'] as const)('%s', (name) => {
  test.each([false, true])('nothing of the body is unknown to the standard (exponential: %s)', (isExponential) => {
    const json = atOnceJson(stateOf(name), { resource: { 'deployment.environment.name': 'staging' }, isExponential })
    expect(throughProto(json)).toEqual(JSON.parse(json))
  })
})

test('names of others stay what they are', () => {
  const [step] = RESULTS.fine.steps
  const state = atOnce(snapshotOf({ ...RESULTS.fine, scenarioName: HOSTILE, steps: step ? [{ ...step, name: HOSTILE }] : [] }))
  const json = atOnceJson(state, { resource: {}, isExponential: false })
  expect(throughProto(json)).toEqual(JSON.parse(json))
  expect(json).toContain(JSON.stringify(HOSTILE.toWellFormed()))
})

describe('exponential histograms', () => {
  const bodyOf = (buckets: readonly number[]) => {
    const count = buckets.reduce((sum, n, i) => (i % 2 === 1 ? sum + n : sum), 0)
    const row = stateOf('fine').metrics.find(({ row: { kind } }) => kind === 'histogram')?.row
    if (row === undefined) throw new Error('no histogram')
    const spread = { count, sum: 1, min: 0, max: 1, percentiles: {}, ...atOnce(inSteps(buckets, (value) => value, row.bounds)) }
    const state: ExportSnapshot = { ...stateOf('fine'), metrics: [{ row, points: [{ attributes: {}, spread }] }] }
    const { resourceMetrics } = JSON.parse(atOnceJson(state, { resource: {}, isExponential: true }))
    return resourceMetrics[0].scopeMetrics[0].metrics[0].exponentialHistogram.dataPoints[0]
  }

  test.each([
    ['one value', [0.25, 3]],
    ['two decades', [0.01, 1, 0.02, 2, 1, 3]],
    ['from µs to an hour', [0.000001, 5, 0.5, 7, 3600, 1]],
    ['powers of two, which are upper borders', [0.125, 1, 0.25, 1, 0.5, 1, 1, 1, 2, 1]],
    ['with zeros', [0, 4, 0.3, 2]],
  ])('%s: each value lies between the borders of its bucket', (_, buckets) => {
    const { scale, zeroCount, positive, count } = bodyOf(buckets)
    const base = 2 ** (2 ** -scale)
    const counts = positive.bucketCounts.map(Number)
    expect(counts.length).toBeLessThanOrEqual(160)
    expect(Number(zeroCount) + counts.reduce((sum: number, n: number) => sum + n, 0)).toBe(Number(count))
    for (let i = 0; i < buckets.length; i += 2) {
      const value = buckets[i] ?? 0
      if (value === 0) continue
      const holds = counts.findIndex(
        (n: number, at: number) =>
          n >= (buckets[i + 1] ?? 0) &&
          base ** (positive.offset + at) < value * (1 + 1e-12) &&
          value <= base ** (positive.offset + at + 1) * (1 + 1e-12),
      )
      expect(holds, String(value)).toBeGreaterThanOrEqual(0)
    }
  })

  test('nothing but zeros has no buckets', () => {
    expect(bodyOf([0, 4])).toMatchObject({ zeroCount: '4', positive: { bucketCounts: [] } })
  })
})
