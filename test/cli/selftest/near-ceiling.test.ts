import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nearCeiling, plannedPeak } from '../../../src/cli/selftest/near-ceiling.ts'
import { type Selftest, selftestText } from '../../../src/cli/selftest/report.ts'
import { selftestFile, storedSelftest, storeSelftest } from '../../../src/cli/selftest/store.ts'
import { planOf } from '../../support/run.ts'

const level = {
  ...{ share: 0.1, perSecond: 200, achievedPerSecond: 199.6, compared: 500, loopUtilization: 0.123, cpuMsPerExchange: 0.4 },
  errors: {
    ttft: { p50: 0.2, p99: 1.5, count: 500 },
    itl: { p50: -0.01, p99: 0.6, count: 2000 },
    response: { p50: 0.1, p99: 0.9, count: 500 },
    pacing: null,
  },
}
const found: Selftest = {
  ...{ version: 1, burn: '1.0.0', node: 'v24.0.0', machine: 'linux x64, 2 × test', measuredAt: 0, seconds: 1 },
  reply: { firstTokenMs: 20, gapMs: 10, tokens: 5 },
  loadAverage: 0,
  protocols: [
    { protocol: 'http', ceilingPerSecond: 4000, levels: [] },
    { protocol: 'sse', ceilingPerSecond: 2000, levels: [level] },
  ],
  leftOut: ['mqtt: no exchange succeeded'],
}

const before = process.env.XDG_CACHE_HOME
const folder = mkdtempSync(join(tmpdir(), 'selftest-'))
beforeAll(() => {
  process.env.XDG_CACHE_HOME = folder
})
afterAll(() => {
  process.env.XDG_CACHE_HOME = before
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  rmSync(folder, { recursive: true })
})

const of = (protocol: 'http' | 'sse' | 'mqtt', stream = true, dialectName: 'openai-chat' | 'generic' = 'openai-chat') => ({
  ...{ protocol, dialectName },
  chat: { stream },
})
const sse = { targets: [of('sse')] }

test('loads above 70 % of the ceiling of their protocol are warned of', () => {
  expect(nearCeiling(sse, 1400, found)).toEqual([])
  expect(nearCeiling(sse, 1500, found)).toEqual([
    'up to 1,500 sse exchanges per second are 75 % of the 2,000/s that `burn selftest` measured on this machine: above 70 %, expect late figures',
  ])
})

test('ceilings that were measured on a busy machine are said to be', () => {
  expect(nearCeiling(sse, 1500, { ...found, loadAverage: 1000 })[0]).toMatch(
    /late figures \(the machine was busy then: measure again/,
  )
})

test.each([
  ['a streamed chat over http', of('http'), 'sse'],
  ['a chat over http as a whole', of('http', false), 'http'],
  ['a preset of streams, asked for a reply as a whole', of('sse', false), 'http'],
  ['events without an API format', of('sse', false, 'generic'), 'sse'],
])('%s has the ceiling of its replies', (_, target, protocol) => {
  expect(nearCeiling({ targets: [target] }, 4000, found)[0]).toContain(`up to 4,000 ${protocol} exchanges`)
})

test('nothing is said without a selftest, and of a protocol that was not measured', () => {
  expect(nearCeiling(sse, 1e6, undefined)).toEqual([])
  expect(nearCeiling({ targets: [of('mqtt')] }, 1e6, found)).toEqual([])
})

test('of several protocols the lowest ceiling counts', () => {
  expect(nearCeiling({ targets: [of('http', false), ...sse.targets] }, 1900, found)[0]).toContain('95 % of the 2,000/s')
})

test('the peak is that of the phase with the highest rate, times its steps', () => {
  const peakOf = (load: object[]) =>
    plannedPeak(
      planOf({ name: 'x', target: { url: 'http://127.0.0.1:1' }, load, steps: [{ request: {} }, { request: {} }] } as never),
    )
  expect(
    peakOf([
      { rate: '10/s', for: '1s' },
      { rate: '30/s', for: '1s' },
    ]),
  ).toBe(60)
  expect(peakOf([{ users: 5, pace: '4/s', for: '1s' }])).toBe(40)
  expect(peakOf([{ users: 500, for: '1s' }])).toBe(0)
})

test('what was found is stored for this machine, and a damaged file counts as none', () => {
  expect(storedSelftest()).toBeUndefined()
  const file = storeSelftest(found)
  expect(file).toBe(selftestFile())
  expect(readdirSync(join(folder, 'token-burn'))).toHaveLength(1)
  expect(storedSelftest()).toEqual(found)
  writeFileSync(file, '{"version": 1')
  expect(storedSelftest()).toBeUndefined()
  writeFileSync(file, JSON.stringify({ ...found, version: 2 }))
  expect(storedSelftest()).toBeUndefined()
})

test('the table shows what was measured, a dash for what was not, and what was left out', () => {
  const lines = selftestText(found).split('\n')
  expect(lines.find((line) => line.startsWith('sse'))).toMatch(/ceiling +2,000\/s$/)
  expect(lines.find((line) => line.includes('10%'))).toMatch(
    /10% +200\/s +200\/s +\+0\.2ms \/ \+1\.5ms +-0\.01ms \/ \+0\.6ms +\+0\.1ms \/ \+0\.9ms +– +12% +0\.4ms$/,
  )
  expect(lines).toContain('not measured: mqtt: no exchange succeeded')
})
