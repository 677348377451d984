import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { thresholdSchema } from '../../src/metrics/threshold/threshold.ts'

describe('schema', () => {
  /** The first issue of each form: text, object. */
  const issues = (input: unknown) => {
    const issue = thresholdSchema.safeParse(input).error?.issues[0]
    return issue?.code === 'invalid_union' ? issue.errors.map((branch) => branch[0]) : []
  }

  test('one line, and an object with options', () => {
    const short = thresholdSchema.parse('ttft p95 < 800ms')
    expect(short).toMatchObject({
      name: 'ttft p95 < 800ms',
      windowMs: undefined,
      abort: false,
      afterMs: 0,
      minSamples: 1,
      onMissing: 'fail',
      severity: 'fail',
    })
    const long = thresholdSchema.parse({
      threshold: 'errors < 5%',
      window: '5m',
      abort: true,
      after: '30s',
      min_samples: 100,
      on_missing: 'skip',
    })
    expect(long).toMatchObject({
      name: 'errors < 5% over 5m',
      limit: 0.05,
      windowMs: 300_000,
      abort: true,
      afterMs: 30_000,
      minSamples: 100,
      onMissing: 'skip',
      severity: 'fail',
    })
  })

  test('a fault in one line is an issue with its place', () => {
    expect(issues('ttft p95 < 800')[0]).toMatchObject({
      code: 'custom',
      path: [],
      params: { offset: 11, length: 3, hint: 'did you mean "ttft p95 < 800ms"?' },
    })
  })

  test('a fault inside the object is found at its key', () => {
    expect(issues({ threshold: 'ttft p95 < 800', window: '5m' })[1]).toMatchObject({
      path: ['threshold'],
      params: { offset: 11 },
    })
  })

  test.each([
    [{ threshold: 'errors < 5%', abort: true, severity: 'warn' }],
    [{ threshold: 'errors < 5%', window: '2h' }],
    [{ threshold: 'errors < 5%', window: '0s' }],
    [{ threshold: 'errors < 5%', min_samples: 0 }],
    [{ threshold: 'errors < 5%', on_missing: 'ignore' }],
    [{ threshold: 'errors < 5%', windw: '5m' }],
    [{}],
    [5],
  ])('%j is refused', (input) => {
    expect(thresholdSchema.safeParse(input).success).toBe(false)
  })

  test('the JSON Schema describes every field', () => {
    const schema = z.toJSONSchema(thresholdSchema, { io: 'input' })
    const object = schema.anyOf?.[1] as z.core.JSONSchema.JSONSchema
    expect(Object.keys(object.properties ?? {})).toEqual([
      'threshold',
      'window',
      'abort',
      'after',
      'min_samples',
      'on_missing',
      'severity',
      'certain',
    ])
    for (const property of Object.values(object.properties ?? {})) expect(property).toHaveProperty('description')
  })
})
