import { describe, expect, test } from 'vitest'
import { compileCheck, type ExpectItem, expectSchema } from '../../../src/metrics/check/check.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../../src/metrics/groups/catalogue.ts'
import { run, usage } from './reply.ts'

describe('bounds', () => {
  const exchange = { usage: usage(41), frames: 41, bytesReceived: 2048, gapsMs: [5, 400, 10] }
  test.each<[ExpectItem, boolean, string]>([
    [{ ttft: '< 1s' }, true, '200ms'],
    [{ ttft: '<200ms' }, false, '200ms'],
    [{ ttft: '<= 200 ms' }, true, '200ms'],
    [{ ttft: '100ms..200ms' }, true, '200ms'],
    [{ ttft: '201ms .. 1s' }, false, '200ms'],
    [{ ttfb: '< 51ms' }, true, '50ms'],
    [{ response_time: '< 1.2s' }, false, '1.2s'],
    [{ service_time: '== 1100ms' }, true, '1.1s'],
    [{ e2e: '!= 1s' }, false, '1s'],
    [{ stall: '< 300ms' }, false, '400ms'],
    [{ tpot: '<= 20ms' }, true, '20ms'],
    [{ tokens_per_second: '> 40' }, true, '50/s'],
    [{ output_tokens: '10..200' }, true, '41'],
    [{ output_tokens: '> 50' }, false, '41'],
    [{ input_tokens: '== 5' }, true, '5'],
    [{ reply_bytes: '< 2KiB' }, false, '2 KiB'],
    [{ latency: 1200 }, true, '1.2s'],
    [{ latency: 1199.9 }, false, '1.2s'],
    [{ latency: '2s' }, true, '1.2s'],
    [{ latency: '< 1s' }, false, '1.2s'],
  ])('%j: %s', (item, passed, observed) => {
    expect(run(item, { exchange })).toEqual({ passed, observed })
  })

  test('a value that cannot be formed does not hold', () => {
    expect(run({ tpot: '< 1s' }, {})).toEqual({ passed: false, observed: 'tpot could not be formed' })
    expect(run({ tpot: '>= 0ms' }, {})).toEqual({ passed: false, observed: 'tpot could not be formed' })
    expect(run({ cached_tokens: '< 10' }, { exchange })).toEqual({ passed: false, observed: 'cached_tokens could not be formed' })
  })

  test('bounds on time and speed are objectives, no other check is', () => {
    const objective = (item: ExpectItem) => compileCheck(item).objective
    expect([{ ttft: '< 1s' }, { latency: 100 }, { tokens_per_second: '> 5' }, { start_delay: '< 1s' }].map(objective)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect([{ status: 200 }, { output_tokens: '> 5' }, { reply_bytes: '< 5MB' }, { contains: 'a' }].map(objective)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  test('every metric of an attempt can be bounded', () => {
    const units: Readonly<Record<string, string>> = { ms: 's', bytes: 'KB', per_second: '/s' }
    const bounds = ATTEMPT_DISTRIBUTIONS.map(({ name, unit }) => ({ [name]: `< 1${units[unit] ?? ''}` }))
    expect(bounds.length).toBeGreaterThan(15)
    expect(bounds.filter((bound) => !expectSchema.safeParse([bound]).success)).toEqual([])
  })
})
