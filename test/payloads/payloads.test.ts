import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { compilePayload, payloadSchema } from '../../src/payloads/index.ts'
import { createRandom, type Random } from '../../src/random.ts'

type Input = z.input<typeof payloadSchema>
const WALL = Date.UTC(2026, 0, 2, 3, 4, 5)
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The first `count` payloads of one user. */
function series(spec: Input, count: number, random: Random = createRandom('seed')) {
  const payload = compilePayload(payloadSchema.parse(spec))
  const scope = { user: { id: 7 } }
  return Array.from({ length: count }, (_, index) =>
    payload.make({ random, wallNowMs: WALL, uptimeMs: 1500.9, index, scope, clientId: 'client-7' }),
  )
}

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

describe('spelling', () => {
  test.each<[Input, string[]]>([
    [{ types: ['METRICS'] }, ['cpu_usage', 'memory_usage', 'network_latency']],
    [{ types: ['METRICS'], case: 'camel' }, ['cpuUsage', 'memoryUsage', 'networkLatency']],
  ])('%j', (spec, names) => {
    expect(Object.keys(series(spec, 1)[0] ?? {})).toEqual(names)
  })
})

describe('envelopes', () => {
  test('sync_data', () => {
    const [one] = series({ types: ['HEARTBEAT'], envelope: 'sync_data', connectionType: 'mqtt' }, 1)
    expect(one).toEqual({
      type: 'sync_data',
      correlation_id: expect.stringMatching(UUID),
      timestamp: WALL,
      data: {
        timestamp: WALL,
        message_id: expect.stringMatching(UUID),
        connection_type: 'mqtt',
        heartbeat: { status: 'alive', uptime_ms: 1500 },
      },
    })
  })

  test('sync_data in camel case', () => {
    const [one] = series({ types: ['HEARTBEAT'], envelope: 'sync_data', case: 'camel' }, 1)
    expect(Object.keys(one ?? {})).toEqual(['type', 'correlationId', 'timestamp', 'data'])
    expect(one?.data).toMatchObject({ messageId: expect.any(String), heartbeat: { uptimeMs: 1500 } })
    expect(Object.keys(one?.data as object)).toEqual(['timestamp', 'messageId', 'connectionType', 'heartbeat'])
  })

  test('graphql, camel case unless told otherwise, with the events of a service', () => {
    const all = series(
      { types: ['VOICE_DATA', 'BEHAVIORAL_DATA'], envelope: 'graphql', service: 'svc', query: 'mutation { x }' },
      500,
    )
    expect(all[0]).toEqual({
      serviceName: 'svc',
      uuids: [expect.stringMatching(UUID)],
      query: 'mutation { x }',
      variables: { input: expect.any(Object) },
      timestamp: WALL,
    })
    const inputs = all.map((one) => (one.variables as { input: Record<string, Record<string, unknown>> }).input)
    expect(inputs[0]).toEqual({
      timestamp: WALL,
      messageId: expect.stringMatching(UUID),
      clientId: 'client-7',
      voiceData: { qualityScore: expect.any(Number), durationMs: expect.any(Number), confidenceScore: expect.any(Number) },
      behavioralData: {
        eventType: expect.any(String),
        interactionCount: expect.any(Number),
        sessionDurationMs: expect.any(Number),
      },
    })
    const events = new Set(inputs.map((input) => input.behavioralData?.eventType))
    expect(events).toEqual(new Set(['interaction', 'navigation', 'task_completion']))
    const [snake] = series({ types: ['METRICS'], envelope: 'graphql', case: 'snake' }, 1)
    expect(snake).toMatchObject({ variables: { input: { metrics: { cpu_usage: expect.any(Number) } } } })
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

describe('mutations', () => {
  const custom = { items: [{ y: 1 }, { y: 2 }], n: 5, yes: true, text: 'a', deep: { old: 'v' } }
  const mutated = (mutations: Input['mutations']) => {
    const missed: string[] = []
    const payload = compilePayload(payloadSchema.parse({ types: ['CUSTOM'], custom, mutations }))
    const context = { random: createRandom('m'), wallNowMs: WALL, uptimeMs: 0, index: 0, scope: {} }
    return { made: payload.make({ ...context, onMissed: () => missed.push('x') }), missed: missed.length }
  }

  test.each<[NonNullable<Input['mutations']>[number], object]>([
    [
      { type: 'add', path: 'extra', value: 'x' },
      { ...custom, extra: 'x' },
    ],
    [
      { type: 'add', path: '$.deep.more' },
      { ...custom, deep: { old: 'v', more: 'unexpected' } },
    ],
    [
      { type: 'add', path: 'items[2]', value: 3 },
      { ...custom, items: [{ y: 1 }, { y: 2 }, 3] },
    ],
    [
      { type: 'remove', path: 'items[0].y' },
      { ...custom, items: [{}, { y: 2 }] },
    ],
    [
      { type: 'remove', path: 'items.1' },
      { ...custom, items: [{ y: 1 }] },
    ],
    [
      { type: 'change', path: 'n' },
      { ...custom, n: '5' },
    ],
    [
      { type: 'change', path: 'yes' },
      { ...custom, yes: 'true' },
    ],
    [
      { type: 'change', path: 'text' },
      { ...custom, text: { value: 'a' } },
    ],
    [
      { type: 'change', path: 'items[1].y', value: null },
      { ...custom, items: [{ y: 1 }, { y: null }] },
    ],
    [
      { type: 'rename', path: 'deep.old', value: 'new' },
      { ...custom, deep: { new: 'v' } },
    ],
  ])('%j', (mutation, expected) => {
    expect(mutated([mutation])).toEqual({ made: expected, missed: 0 })
  })

  test.each([
    ['add', 'nothing.here'],
    ['add', 'items[7]'],
    ['add', 'items[0].y.z'],
    ['remove', 'deep.gone'],
    ['change', 'items[5]'],
    ['rename', 'gone'],
    ['rename', 'items[0]'],
  ] as const)('%s at %s, which is not there, changes nothing and is told', (type, path) => {
    expect(mutated([{ type, path }])).toEqual({ made: custom, missed: 1 })
  })

  test('one after the other, each on what the ones before it left', () => {
    const { made } = mutated([
      { type: 'rename', path: 'n', value: 'm' },
      { type: 'change', path: 'm' },
    ])
    expect(made).toMatchObject({ m: '5' })
  })

  test('no message changes the next one', () => {
    const all = series({ types: ['CUSTOM'], custom, mutations: [{ type: 'remove', path: 'items[0]' }] }, 3)
    expect(all.map((one) => (one.items as unknown[]).length)).toEqual([1, 1, 1])
  })
})

describe('modes', () => {
  const kindOf = (one: Record<string, unknown>) =>
    'cpu_usage' in one ? 'METRICS' : 'uptime_ms' in one ? 'HEARTBEAT' : 'SESSION_DATA'

  test('merge puts all into each', () => {
    const [one] = series({ types: ['METRICS', 'HEARTBEAT'] }, 1)
    expect(Object.keys(one ?? {})).toEqual(['cpu_usage', 'memory_usage', 'network_latency', 'status', 'uptime_ms'])
  })

  test('rotate goes round', () => {
    const all = series({ types: ['METRICS', 'HEARTBEAT', 'SESSION_DATA'], mode: 'rotate' }, 7)
    expect(all.map(kindOf).join(' ')).toBe('METRICS HEARTBEAT SESSION_DATA METRICS HEARTBEAT SESSION_DATA METRICS')
  })

  test('weighted keeps the shares', () => {
    const types: Input['types'] = [{ type: 'METRICS', weight: 8 }, 'HEARTBEAT', { type: 'SESSION_DATA', weight: 1 }]
    const all = series({ types, mode: 'weighted' }, 10_000).map(kindOf)
    const share = (kind: string) => all.filter((one) => one === kind).length / all.length
    expect(share('METRICS')).toBeCloseTo(0.8, 1)
    expect(share('HEARTBEAT')).toBeCloseTo(0.1, 1)
    expect(share('SESSION_DATA')).toBeCloseTo(0.1, 1)
  })
})

describe('seeds', () => {
  const spec: Input = { types: ['VOICE_DATA', 'SESSION_DATA', 'METRICS'], envelope: 'sync_data' }

  test('the same seed gives the same bytes, another one others', () => {
    const text = (seed: string) => JSON.stringify(series(spec, 50, createRandom(seed)))
    expect(text('a')).toBe(text('a'))
    expect(text('a')).not.toBe(text('b'))
  })
})

describe('the block', () => {
  test.each<[string, object, string]>([
    ['no types', { types: [] }, 'types'],
    ['an unknown type', { types: ['VIDEO'] }, 'types.0'],
    ['CUSTOM without fields', { types: [{ type: 'CUSTOM' }] }, 'custom'],
    ['CUSTOM with fields twice', { types: ['CUSTOM'], custom: {}, payloadFile: 'a.json' }, 'payloadFile'],
    ['a file without CUSTOM', { types: ['METRICS'], payloadFile: 'a.json' }, 'payloadFile'],
    ['a file without a name', { types: ['CUSTOM'], payloadFile: '' }, 'payloadFile'],
    ['an unknown key', { types: ['METRICS'], mod: 'x' }, ''],
    ['a weight of zero', { types: [{ type: 'METRICS', weight: 0 }] }, 'types.0.weight'],
  ])('%s is an error', (_name, spec, path) => {
    const { error } = payloadSchema.safeParse(spec)
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })

  test('it names the variables that its templates read', () => {
    const spec = payloadSchema.parse({ types: ['CUSTOM'], custom: { a: '{{order.id}}' } })
    expect(compilePayload(spec).variables).toEqual(['order'])
  })
})
