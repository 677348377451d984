/** A comparison in which one latency is worse, as its formats show it. */
import type { ComparedValue, Comparison } from '../../../src/compare/comparison.ts'

export const value = (changed: Partial<ComparedValue>): ComparedValue => ({
  ...{ metric: 'ttft p50', unit: 'ms', gate: true, a: 212, b: 228, change: 0.075, low: 0.031, high: 0.122 },
  ...{ tolerance: 0.05, delta: 0.13, verdict: 'WORSE', timesMore: null },
  ...changed,
})

export const rate = value({
  ...{ metric: 'rate', unit: 'per_second', gate: false, a: 20, b: 19.8, delta: null },
  verdict: 'SAME',
  change: -0.0004,
})

export const errors = value({
  ...{ metric: 'errors', unit: 'ratio', a: 0.0038, b: 0.0048, delta: null, tolerance: 0.01 },
  verdict: 'SAME',
})

export const COMPARISON: Comparison = {
  ...{ mode: 'interleaved', verdict: 'WORSE', reason: 'B is worse: ttft p50', units: 20, alpha: 0.01, runNoise: 0, seed: '7' },
  a: { name: 'base', runId: 'aa', attempts: 1043, verdict: 'passed' },
  b: { name: 'new\u001b[31m<b>', runId: 'bb', attempts: 1043, verdict: 'could_not_test', startTime: 1.7e12, durationMs: 61_250 },
  values: [
    value({}),
    { ...rate, low: -0.02, high: 0.02 },
    value({ metric: 'ttft p95', a: 410, b: 421, change: 0.027, low: -0.044, high: 0.1034, verdict: 'UNCLEAR', timesMore: 2.24 }),
    { ...errors, change: 0.001, low: -0.006, high: 0.008 },
    value({
      metric: 'ttft p99',
      gate: false,
      b: null,
      change: null,
      low: null,
      high: null,
      verdict: 'UNCLEAR',
      note: 'among time-outs',
    }),
  ],
  warnings: ['the loads differ: 1 against 2'],
}
