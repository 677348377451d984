import { describe, expect, test } from 'vitest'
import { payloadSchema } from '../../src/payloads/index.ts'
import { type Input, series, UUID } from './bodies.ts'

describe('kinds of data', () => {
  const within = (low: number, high: number) => ({ low, high })

  test.each<[Input['types'][number], Record<string, unknown>]>([
    [
      'VOICE_DATA',
      {
        quality_score: within(0.5, 1),
        duration_ms: within(100, 4999),
        confidence_score: within(0.6, 1),
        verified: [true, false],
      },
    ],
    [
      'BEHAVIORAL_DATA',
      {
        event_type: ['click', 'swipe', 'tap', 'scroll'],
        interaction_count: within(1, 49),
        session_duration_ms: within(1000, 59_999),
      },
    ],
    ['SESSION_DATA', { session_id: UUID, status: ['active', 'idle', 'terminated'], event_count: within(1, 99) }],
    ['METRICS', { cpu_usage: within(0, 100), memory_usage: within(0, 100), network_latency: within(10, 499) }],
    ['HEARTBEAT', { status: ['alive'], uptime_ms: within(1500, 1500) }],
  ])('%s keeps its ranges and uses all of them', (type, fields) => {
    const all = series({ types: [type] }, 3000)
    expect(Object.keys(all[0] ?? {})).toEqual(Object.keys(fields))
    for (const [name, rule] of Object.entries(fields)) {
      const values = all.map((one) => one[name])
      if (Array.isArray(rule)) expect(new Set(values)).toEqual(new Set(rule))
      else if (rule instanceof RegExp)
        expect([values.every((value) => rule.test(String(value))), new Set(values).size]).toEqual([true, 3000])
      else spans(values as number[], rule as { low: number; high: number })
    }
  })

  function spans(values: number[], { low, high }: { low: number; high: number }): void {
    const [min, max] = [Math.min(...values), Math.max(...values)]
    expect([min >= low, max <= high]).toEqual([true, true])
    expect(max - min).toBeGreaterThanOrEqual((high - low) * 0.95)
  }

  test('CUSTOM is the block of the file, rendered, its names untouched', () => {
    const [one] = series(
      { types: ['CUSTOM'], custom: { my_field: 'user {{user.id}}', n: '{{randomInt 3 3}}' }, case: 'camel' },
      1,
    )
    expect(one).toEqual({ my_field: 'user 7', n: 3 })
  })
})

describe('kinds with fields of the same name', () => {
  const types: Input['types'] = ['SESSION_DATA', 'HEARTBEAT']
  const states = ['active', 'idle', 'terminated']

  test.each<[Input['envelope'], string]>([
    ['sync_data', 'session_data'],
    ['graphql', 'sessionData'],
  ])('are told apart inside of %s', (envelope, name) => {
    for (const one of series({ types, envelope }, 50)) {
      const data = (one.data ?? (one.variables as { input: unknown }).input) as Record<string, Record<string, unknown>>
      expect(data.heartbeat?.status).toBe('alive')
      expect(states).toContain(data[name]?.status)
    }
  })

  test('may be told apart without an envelope, and lie flat in one', () => {
    expect(series({ types, nest: true }, 1)[0]).toMatchObject({ heartbeat: { status: 'alive' }, session_data: {} })
    expect(series({ types: ['METRICS'], envelope: 'sync_data', nest: false }, 1)[0]).toMatchObject({
      data: { cpu_usage: expect.any(Number) },
    })
  })

  test('flat, one would hide the other: an error', () => {
    expect(payloadSchema.safeParse({ types }).error?.issues[0]?.message).toContain('nest: true')
  })

  test('CUSTOM fields have their place as well', () => {
    const [one] = series({ types: ['CUSTOM'], custom: { my_field: 1 }, envelope: 'graphql' }, 1)
    expect(one).toMatchObject({ variables: { input: { customData: { my_field: 1 } } } })
  })
})
