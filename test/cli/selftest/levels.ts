/** What a selftest has found. */
import type { Selftest } from '../../../src/cli/selftest/report.ts'

export const level = {
  ...{ share: 0.1, perSecond: 200, achievedPerSecond: 199.6, compared: 500, loopUtilization: 0.123, cpuMsPerExchange: 0.4 },
  errors: {
    ttft: { p50: 0.2, p99: 1.5, count: 500 },
    itl: { p50: -0.01, p99: 0.6, count: 2000 },
    response: { p50: 0.1, p99: 0.9, count: 500 },
    pacing: null,
  },
}

export const found: Selftest = {
  ...{ version: 1, burn: '1.0.0', node: 'v24.0.0', machine: 'linux x64, 2 × test', measuredAt: 0, seconds: 1 },
  reply: { firstTokenMs: 20, gapMs: 10, tokens: 5 },
  loadAverage: 0,
  protocols: [
    { protocol: 'http', ceilingPerSecond: 4000, levels: [] },
    { protocol: 'sse', ceilingPerSecond: 2000, levels: [level] },
  ],
  leftOut: ['mqtt: no exchange succeeded'],
}
