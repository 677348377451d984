/** What cannot be sent because an earlier step of its iteration failed is skipped: no attempt, and nobody's fault but that step's. */
import { describe, expect, test } from 'vitest'
import { type Fault, reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { faulty } from './targets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** `/login` fails every second time; `/use` counts what it gets. */
async function shop() {
  const seen = { login: 0, use: 0 }
  const login: Fault = (socket) => {
    seen.login += 1
    const body = seen.login % 2 === 0 ? 'HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n' : reply('{"token":"t","n":2}', JSON_TYPE)
    socket.write(body)
  }
  const use: Fault = (socket) => {
    seen.use += 1
    socket.write(reply('{"text":"t"}', JSON_TYPE))
  }
  const { url } = await faulty({ '/login': login, '/use': use })
  return { url, seen }
}

const LOGIN = { request: { method: 'POST', path: '/login' }, name: 'login', capture: { tok: '$.token', n: '$.n' } } as const
const use = (more: object = {}) => ({
  request: { method: 'GET', path: '/use', headers: { 'x-tok': '{{tok}}' } },
  name: 'use',
  ...more,
})
/** Never sent; what it would capture stays unknown, and nothing failed. */
const NEVER = { if: 'iteration.index < 0', then: [LOGIN] }
const plain = { request: { method: 'GET', path: '/use' }, name: 'plain' } as const
const again = { ...plain, name: 'again' }

async function run(steps: readonly object[], more: object = {}) {
  const { url, seen } = await shop()
  const { result } = await runScenario({
    name: 'skipped',
    target: { url, protocol: 'http' },
    load: [{ users: 2, iterations: 20 }],
    thresholds: ['errors ratio < 60%'],
    // biome-ignore lint/suspicious/noExplicitAny: each row has its own steps
    steps: steps as any,
    ...more,
  })
  return { result, seen }
}

const local = (codes: readonly { code: string }[]) => codes.filter(({ code }) => code === 'local')

describe('a step that lacks what an earlier one was to capture', () => {
  test('is counted apart, and was never planned', async () => {
    const { result, seen } = await run([LOGIN, use()])
    expect(seen).toEqual({ login: 20, use: 10 })
    expect(result.total.counts).toEqual({ planned: 30, started: 30, ok: 20, failed: 10, cut: 0, dropped: 0, skipped: 10 })
    expect(result.steps.map(({ counts }) => counts.skipped)).toEqual([undefined, 10])
    expect(result.total.values.skipped).toBe(10)
    expect(result.errorRate).toBeCloseTo(1 / 3)
    expect(result.errors.map((group) => group.class)).toEqual(['http_status'])
    expect(local(result.validity.reasons)).toEqual([])
    expect(result.iterations).toMatchObject({ planned: 20, completed: 10, failed: 10 })
    expect(result.iterations.faulted ?? 0).toBe(0)
    expect(result.exitCodes).not.toContain(1)
  })

  test.each<[string, object[], { skipped: number | undefined; use: number }]>([
    ['the message of a chat', [LOGIN, { message: 'use {{tok}}', name: 'ask' }], { skipped: 10, use: 0 }],
    ['a value to set', [LOGIN, { set: { twice: '{{tok}}{{tok}}' } }, plain], { skipped: undefined, use: 20 }],
    ['a condition', [LOGIN, { if: 'tok == "t"', then: [plain] }, again], { skipped: undefined, use: 30 }],
    ['the number of rounds', [LOGIN, { loop: { times: '{{n}}', steps: [plain] } }, again], { skipped: undefined, use: 40 }],
    ['a condition to go on', [LOGIN, { loop: { while: 'n > 5', steps: [plain] } }, again], { skipped: undefined, use: 20 }],
    ['a tag', [LOGIN, { ...plain, tags: { who: '{{tok}}' } }], { skipped: 10, use: 10 }],
    ['what it is checked for', [LOGIN, { ...plain, expect: [{ contains: '{{tok}}' }] }], { skipped: undefined, use: 20 }],
    ['what is left after a step that was skipped', [LOGIN, use(), plain], { skipped: 10, use: 30 }],
  ])('%s', async (_, steps, expected) => {
    const { result, seen } = await run(steps)
    expect(seen.use).toBe(expected.use)
    expect(result.total.counts.skipped).toBe(expected.skipped)
    expect(result.iterations.faulted ?? 0).toBe(0)
    expect(local(result.validity.reasons)).toEqual([])
    expect(new Set(result.errors.map((group) => group.class))).toEqual(new Set(['http_status']))
  })
})

test('a template that lacks something though nothing failed is the fault of the scenario', async () => {
  const { result } = await run([NEVER, plain, use()])
  expect(result.errors.map((group) => group.class)).toEqual(['local_template'])
  expect(result.total.counts.skipped).toBeUndefined()
  expect(local(result.validity.reasons)).toHaveLength(1)
})

test('teardown after a setup that failed says nothing of what setup did not leave', async () => {
  const { url } = await faulty({ '/gone': (socket) => void socket.write('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n') })
  const { result } = await runScenario({
    name: 'aside',
    target: { url, protocol: 'http' },
    load: [{ users: 1, iterations: 1 }],
    setup: [
      { request: { method: 'POST', path: '/gone' }, name: 'make', capture: { id: '$.id' } },
      { request: { method: 'POST', path: '/gone/{{id}}' }, name: 'fill' },
    ],
    steps: [plain],
    teardown: [{ request: { method: 'DELETE', path: '/gone/{{id}}' }, name: 'remove' }],
  })
  expect(result.notes.filter((note) => note.includes('failed'))).toEqual([
    'setup failed at make: http_status: HTTP 404 Not Found',
  ])
  expect(result.exitCode).toBe(3)
})
