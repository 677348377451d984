/** What a failed attempt means for the rest, and what a run makes of iterations and steps that fail. */
import { expect, test } from 'vitest'
import { chatTarget, MemoryTarget, runVirtual } from '../support/virtual.ts'
import { chatAt } from './targets.ts'

const get = (path: string) => ({ request: { method: 'GET', path }, name: path.slice(1) })
const STEPS = [get('/ok'), get('/pay'), get('/bye')]

/** `/pay` fails when the number of the request is in the list; always without one. */
function shop(bad?: (number: number) => boolean) {
  let number = 0
  return new MemoryTarget({
    reply({ path }) {
      if (path === '/pay') number += 1
      const fine = path !== '/pay' || (bad && !bad(number))
      return { headMs: 1, status: fine ? 200 : 500, pieces: [[0, 'said']] }
    },
  })
}

test.each([
  ['skip', { ok: 10, pay: 10, bye: 10 }],
  ['abort', { ok: 10, pay: 10, bye: 0 }],
])('%s: steps that run are %j', async (onError, expected) => {
  const server = shop()
  const { result } = await runVirtual({
    name: onError,
    target: { url: server.url },
    load: [{ iterations: 10, users: 1 }],
    onError: onError as 'skip' | 'abort',
    steps: STEPS,
  })
  const counts = Object.fromEntries(result.steps.map(({ name, counts: { planned } }) => [name, planned]))
  expect(counts).toEqual(expected)
  expect(result.iterations).toMatchObject({ planned: 10, completed: 0, failed: 10, expired: 0, faulted: 0 })
})

test('a rule applies to its statuses and classes only, and the first that fits counts', async () => {
  const server = shop()
  const { result } = await runVirtual({
    name: 'rules',
    target: { url: server.url },
    onError: {
      default: 'abort',
      rules: [
        { status: [404], do: 'stop' },
        { class: 'http_status', do: 'skip' },
        { status: 500, do: 'stop' },
      ],
    },
    steps: STEPS,
  })
  expect(result.steps.map(({ counts }) => counts.planned)).toEqual([1, 1, 1])
})

test('stop ends the run with exit 1, says where, and the plan stays what it was', async () => {
  const server = shop((number) => number === 10)
  const { result } = await runVirtual({
    name: 'stop',
    target: { url: server.url },
    load: [{ iterations: 1000, users: 1 }],
    onError: 'stop',
    steps: STEPS,
  })
  expect(server.requests).toHaveLength(29)
  expect(result.iterations).toEqual({ planned: 1000, completed: 9, failed: 1, expired: 0, faulted: 0, cut: 0, dropped: 990 })
  expect(result.exitCode).toBe(1)
  expect(result.verdict).toBe('failed')
  expect(result.reason).toBe('stopped by onError after 10 of 1000 iterations: pay failed with http_status')
  expect(result.notes).toContain(result.reason)
  // What was not sent is no fault of the generator.
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
})

test('arrivals that waited when a rule ended the run are dropped, and no reason to doubt what was measured', async () => {
  const target = new MemoryTarget({ reply: (_, n) => ({ headMs: 100, status: n === 1 ? 500 : 200, pieces: [] }) })
  const { result } = await runVirtual({
    name: 'stop',
    target: { url: target.url },
    load: [{ rate: '50/s', for: '5s', maxUsers: 1 }],
    onError: 'stop',
    steps: [get('/pay')],
  })
  expect(result.total.counts).toMatchObject({ started: 2, ok: 1, failed: 1 })
  expect(result.total.counts.dropped).toBeGreaterThan(5)
  expect(result.validity.reasons.map(({ code }) => code)).not.toContain('dropped')
  expect([result.exitCode, result.reason]).toEqual([1, expect.stringMatching(/^stopped by onError after 2 of 250 iterations/)])
})

test('where only time ends a run, stop says after how many iterations', async () => {
  const server = shop((number) => number === 3)
  const { result } = await runVirtual({
    name: 'stop',
    target: { url: server.url },
    load: [{ users: 1, for: '60s' }],
    onError: 'stop',
    steps: STEPS,
  })
  expect(result.notes).toContain('stopped by onError after 3 iterations: pay failed with http_status')
  expect(result.exitCodes).toContain(1)
  expect(result.iterations).toMatchObject({ planned: 3, completed: 2, failed: 1, dropped: 0 })
})

/** 13 requests of an iteration, of which the last always fails: 7.7 % errors, and no iteration that came through. */
const MOSTLY_FINE = [{ loop: { times: 12, steps: [get('/ok')] } }, get('/pay')]

test.each([
  ['by default', [], ['failed_iterations ratio <= 10%', 'ok{step=pay} count >= 1'], 1],
  ['with a stricter share of errors', ['errors ratio < 9%'], ['failed_iterations ratio <= 10%', 'ok{step=pay} count >= 1'], 1],
  ['with a laxer share of errors', ['errors ratio < 60%'], ['failed_iterations ratio < 100%', 'ok{step=pay} count >= 1'], 1],
  ['with a threshold of its own on iterations', ['failed_iterations ratio > 99%'], ['ok{step=pay} count >= 1'], 1],
  ['with a threshold of its own on the step', ['errors{step=pay} ratio > 99%'], ['failed_iterations ratio <= 10%'], 1],
  ['with its own on both', ['failed_iterations ratio > 99%', 'errors{step=pay} ratio > 99%'], [], 0],
  [
    'with warnings on both',
    [
      { threshold: 'failed_iterations ratio < 1%', severity: 'warn' },
      { threshold: 'ok{step=pay} count > 1', severity: 'warn' },
    ],
    ['failed_iterations ratio <= 10%', 'ok{step=pay} count >= 1'],
    1,
  ],
] as const)('a load of which every iteration failed, %s', async (_, thresholds, broken, exitCode) => {
  const server = shop()
  const { result } = await runVirtual({
    name: 'broken',
    target: { url: server.url },
    load: [{ iterations: 10, users: 1 }],
    onError: 'abort',
    steps: MOSTLY_FINE,
    thresholds: thresholds as unknown as string[],
  })
  expect(result.errorRate).toBeCloseTo(1 / 13, 6)
  const standing = result.thresholds.filter(
    ({ reason, severity, state }) => severity === 'fail' && state === 'failed' && reason !== undefined,
  )
  expect(standing.map(({ threshold }) => threshold)).toEqual(broken)
  expect(result.exitCode).toBe(exitCode)
  const told: Record<string, string> = { f: 'every iteration failed: 10 of 10', o: 'step pay: none of its 10 attempts was ok' }
  expect(standing.map(({ reason }) => reason)).toEqual(broken.map((rule) => told[rule[0] ?? '']))
})

test.each([
  [20, 2, 0, undefined],
  [20, 3, 1, '3 of 20 iterations failed (15 %)'],
])('of %i iterations %i fail: exit %i', async (iterations, fail, exitCode, reason) => {
  const server = shop((number) => number <= fail)
  const { result } = await runVirtual({
    name: 'share',
    target: { url: server.url },
    load: [{ iterations, users: 1 }],
    steps: MOSTLY_FINE,
  })
  expect(result.exitCode).toBe(exitCode)
  expect(result.thresholds[1]?.reason).toBe(reason)
  // A rule that holds is not shown.
  expect(result.thresholds).toHaveLength(reason === undefined ? 1 : 2)
})

test('where the errors are too many by themselves, failed iterations are no news', async () => {
  const server = shop()
  const { result } = await runVirtual({
    name: 'known',
    target: { url: server.url },
    load: [{ iterations: 5, users: 1 }],
    steps: STEPS,
  })
  expect(result.thresholds.map(({ threshold, state }) => [threshold, state])).toEqual([['errors ratio <= 10%', 'failed']])
})

test('a step with few attempts is judged by the share of errors alone', async () => {
  const server = shop()
  const { result } = await runVirtual({
    name: 'few',
    target: { url: server.url },
    load: [{ iterations: 9, users: 1 }],
    steps: MOSTLY_FINE,
    thresholds: ['errors ratio < 20%'],
  })
  expect(result.thresholds).toHaveLength(1)
  expect(result.exitCode).toBe(0)
})

test('iterations of a warm-up are shown, and judged by nothing', async () => {
  const server = shop((number) => number <= 10)
  const { result } = await runVirtual({
    name: 'warm',
    target: { url: server.url },
    load: [
      { iterations: 10, users: 1, warmup: true },
      { iterations: 10, users: 1 },
    ],
    steps: STEPS,
  })
  expect(result.iterations).toMatchObject({ planned: 20, completed: 10, failed: 10 })
  expect(result.exitCode).toBe(0)
})

test.each([
  ['failed_iterations ratio < 5%', 'failed', 0.25],
  ['failed_iterations count <= 5', 'passed', 5],
  ['expired_iterations ratio < 1%', 'passed', 0],
])('threshold %s', async (threshold, state, observed) => {
  const server = shop((number) => number <= 5)
  const { result } = await runVirtual({
    name: 'own',
    target: { url: server.url },
    load: [{ iterations: 20, users: 1 }],
    steps: STEPS,
    thresholds: [threshold],
  })
  expect(result.thresholds[0]).toMatchObject({ threshold, state, observed, samples: 20 })
})

test('expired iterations can be judged', async () => {
  const target = chatTarget()
  const { result } = await runVirtual({
    name: 'expired',
    target: chatAt(target),
    load: [{ iterations: 4, users: 4 }],
    iterationTimeout: '100ms',
    steps: [{ message: 'a' }, { if: 'iteration.index == 0', then: [{ delay: '30s' }] }],
    thresholds: [{ threshold: 'expired_iterations ratio < 10%', window: '1s' }, 'failed_iterations ratio < 30%'],
  })
  expect(result.thresholds.slice(0, 2)).toMatchObject([
    { state: 'failed', observed: 0.25, samples: 4 },
    { state: 'passed', observed: 0.25, samples: 4 },
  ])
})

test('iterations that a condition ended are counted as such, and agree with all else', async () => {
  const target = chatTarget()
  const { result } = await runVirtual({
    name: 'fault',
    target: chatAt(target),
    load: [{ iterations: 5, users: 1 }],
    steps: [{ message: 'a' }, { if: 'reply.json.nothing.there == 1', then: [{ message: 'b' }] }],
  })
  expect(result.total.counts).toMatchObject({ planned: 5, ok: 5, failed: 0 })
  expect(result.iterations).toEqual({ planned: 5, completed: 0, failed: 5, expired: 0, faulted: 5, cut: 0, dropped: 0 })
  const reasons = result.validity.reasons.map(({ message }) => message)
  expect(reasons).toContain('5 of 5 iterations ended because a template or condition of the scenario failed')
  expect(result.notes[0]).toContain('5 iterations ended because a template or condition failed: ')
  expect(result.exitCodes).toEqual([4, 1])
})
