/** What stands out in a run: failures, slow replies, a model that repeats itself, steps that nobody came to. */
import { expect, test } from 'vitest'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { MemoryTarget, type Reply, runVirtual } from '../support/virtual.ts'
import { faulty } from './targets.ts'

test.each([
  [[100, 200, 300], 1000, 0],
  [[100, 2000, 3000], 1000, 2],
  [[100, 2000, 3000], 50, 3],
  [[1500, 1500], 1500, 0],
  [[], 5, 0],
])('of %j, above %i: %i', (values, bound, count) => {
  const histogram = new Histogram('ms')
  for (const value of values) histogram.record(value)
  expect(histogram.countAbove(bound)).toBe(count)
})

test('a run counts them, and names the steps that no iteration came to', async () => {
  let count = 0
  const { url } = await faulty({
    '/chat': (socket) => {
      count += 1
      if (count === 4) socket.write('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n')
      else socket.write(reply('{"text":"the same"}', { 'content-type': 'application/json' }))
    },
  })
  const { result } = await runScenario({
    name: 'anomalies',
    target: { url: `${url}/chat`, dialect: 'generic', response: { text: '$.text' } },
    load: [{ users: 1, iterations: 2 }],
    steps: [
      { message: 'one' },
      { message: 'two' },
      { message: 'three' },
      { if: 'iteration.index > 99', then: [{ message: 'never', name: 'late' }] },
    ],
  })
  // The third and second of the first iteration, the last of the second.
  const none = { slow: 0, stalled: 0, empty: 0, costly: 0, bursts: 0, drifts: 0, loops: 0, truncated: 0, refusals: 0 }
  expect(result.anomalies).toEqual({ ...none, failed: 1, repeated: 3 })
  expect(result.anomalyGroups).toEqual([])
  expect([result.anomaliesDetected, result.errorTypes]).toEqual([4, 1])
  expect(result.notes).toContain('never sent: late; no iteration came to it')
})

const OK = { 'content-type': 'application/json' }
const answer = (headMs: number, completion_tokens = 10): Reply => ({
  headMs,
  headers: OK,
  pieces: [[0, JSON.stringify({ choices: [{ message: { content: 'hi' } }], usage: { prompt_tokens: 1, completion_tokens } })]],
})
const server = (status: number): Reply => ({ headMs: 1, status, headers: OK, pieces: [[0, '{}']] })

/** Runs one user over so many replies, one after the other. */
async function oneByOne(count: number, reply: (index: number) => Reply, own: object = {}) {
  let next = 0
  const { url } = new MemoryTarget({ reply: () => reply(next++) })
  const { result } = await runVirtual({
    name: 'anomalies',
    target: { url, dialect: 'openai-chat', stream: false },
    load: [{ users: 1, iterations: count }],
    steps: [{ name: 'ask', message: 'hello' }],
    thresholds: ['errors ratio < 99%'],
    ...own,
  } as never)
  return result
}

test('a reply that stands out is slow, and the result says which it was and from when on one is', async () => {
  const result = await oneByOne(50, (index) => answer(index === 30 ? 900 : index === 31 ? 1500 : 100))
  expect(result.anomalies.slow).toBe(2)
  const [slow] = result.anomalyGroups ?? []
  expect(slow).toMatchObject({ kind: 'slow', step: 'ask', metric: 'ttft', unit: 'ms', count: 2 })
  expect(slow?.median).toBeCloseTo(100, 0)
  expect(slow?.limit).toBeCloseTo(300, 0)
  expect(slow?.worst.map(({ value, iteration, attempt }) => [Math.round(value), iteration, attempt])).toEqual([
    [1500, 31, 1],
    [900, 30, 1],
  ])
  expect(slow?.worst[0]?.endedAtMs).toBeCloseTo(30 * 100 + 900 + 1500, 0)
})

test('replies of a second are not slow when all take as long', async () => {
  const result = await oneByOne(50, (index) => answer(1500 + index))
  expect([result.anomalies.slow, result.anomaliesDetected, result.anomalyGroups]).toEqual([0, 0, []])
})

test('many tokens where others have few are costly', async () => {
  const result = await oneByOne(50, (index) => answer(100, index === 7 ? 400 : 40))
  expect(result.anomalies.costly).toBe(1)
  expect(result.anomalyGroups).toEqual([
    expect.objectContaining({ kind: 'costly', step: 'ask', metric: 'output_tokens', unit: 'tokens', count: 1, limit: 200 }),
  ])
})

test('four failures in a row of a hundred are a burst, in a warm-up none', async () => {
  const reply = (index: number) => (index >= 40 && index < 44 ? server(500) : answer(10))
  const result = await oneByOne(100, reply)
  expect(result.anomalies).toMatchObject({ failed: 4, bursts: 1 })
  expect(result.anomalyGroups).toEqual([
    expect.objectContaining({
      kind: 'burst',
      step: 'target',
      metric: 'failures in a row',
      limit: 3,
      worst: [expect.objectContaining({ value: 4 })],
    }),
  ])
  const load = [
    { users: 1, iterations: 60, warmup: true },
    { users: 1, iterations: 40 },
  ]
  expect((await oneByOne(100, reply, { load })).anomalies).toMatchObject({ failed: 0, bursts: 0 })
})

test('a first token that comes later and later is a drift', async () => {
  const result = await oneByOne(0, (index) => answer(100 + index), { load: [{ users: 1, for: '40s' }] })
  expect(result.anomalies.drifts).toBe(1)
  const drift = result.anomalyGroups?.find(({ kind }) => kind === 'drift')
  expect(drift).toMatchObject({ step: 'phase-1', metric: 'ttft', unit: 'ratio' })
  expect(drift?.worst[0]?.value).toBeGreaterThan(0.2)
})
