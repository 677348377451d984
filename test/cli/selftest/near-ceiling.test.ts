import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nearCeiling, plannedPeak } from '../../../src/cli/selftest/near-ceiling.ts'
import { selftestFile, storedSelftest, storeSelftest } from '../../../src/cli/selftest/store.ts'
import { planOf } from '../../support/run.ts'
import { found } from './levels.ts'

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
