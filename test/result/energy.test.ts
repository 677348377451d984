/** Energy is told as servers tell it, and never made up. */
import { describe, expect, test } from 'vitest'
import { energyOf } from '../../src/result/energy.ts'
import type { GroupMetrics, ServerEndpoint } from '../../src/result/schema.ts'
import { counts, slice } from '../report/results.ts'

function endpoint(server: string, told: { joules?: number; watts?: number; resets?: number }): ServerEndpoint {
  const { joules, watts, resets = 0 } = told
  const power = { unit: 'watts' as const, count: 9, min: 0, mean: watts ?? 0, max: 0, p95: 0 }
  return {
    ...{ url: 'http://gpu/metrics', server: [server], scrapes: 9, failed: 0, error: null, sinceMs: 0, untilMs: 20_000 },
    gauges: watts === undefined ? {} : { gpu_power: power },
    counters: joules === undefined ? {} : { gpu_energy: { unit: 'joules', delta: joules, perSecond: null, resets } },
    histograms: {},
    series: [],
  }
}

const group = (ok: number, output: number | null): GroupMetrics => {
  const made = slice(counts(ok))
  return { ...made, tokens: { ...made.tokens, output } }
}
const all = [group(40, 1500), group(10, 500)]

describe('joules', () => {
  test.each([
    ['a counter', [endpoint('DCGM', { joules: 300, watts: 99 })], 300, 'counter'],
    ['several machines', [endpoint('DCGM', { joules: 300 }), endpoint('DCGM', { joules: 100 })], 400, 'counter'],
    [
      'the exporter, and a server with the same GPUs',
      [endpoint('Triton', { joules: 310 }), endpoint('DCGM', { joules: 300 })],
      300,
      'counter',
    ],
    ['power alone', [endpoint('Triton', { watts: 50 })], 1000, 'power'],
    ['a counter and power', [endpoint('DCGM', { joules: 300 }), endpoint('DCGM', { watts: 50 })], 1300, 'power'],
    ['one of two that tells it', [endpoint('DCGM', { joules: 300 }), endpoint('vLLM', {})], 300, 'counter'],
  ])('of %s', (_, server, joules, source) => {
    expect(energyOf(server, all).energy).toEqual({ joules, source, perThousandTokens: joules / 2, perSuccess: joules / 50 })
  })

  test.each([
    ['no server', []],
    ['a server that tells nothing of it', [endpoint('vLLM', {})]],
    ['a counter that began anew', [endpoint('DCGM', { joules: 300, resets: 1 })]],
    ['one of two counters that began anew', [endpoint('DCGM', { joules: 300 }), endpoint('DCGM', { joules: 9, resets: 1 })]],
    ['a counter that stood still', [endpoint('DCGM', { joules: 0 })]],
  ])('of %s: none', (_, server) => {
    expect(energyOf(server, all)).toEqual({})
  })

  test('nothing is divided by nothing', () => {
    expect(energyOf([endpoint('DCGM', { joules: 5 })], [group(0, null), null]).energy).toMatchObject({
      perThousandTokens: null,
      perSuccess: null,
    })
  })
})
