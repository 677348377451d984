import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { type Input, series } from './bodies.ts'

describe('spelling', () => {
  test.each<[Input, string[]]>([
    [{ types: ['METRICS'] }, ['cpu_usage', 'memory_usage', 'network_latency']],
    [{ types: ['METRICS'], case: 'camel' }, ['cpuUsage', 'memoryUsage', 'networkLatency']],
  ])('%j', (spec, names) => {
    expect(Object.keys(series(spec, 1)[0] ?? {})).toEqual(names)
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
