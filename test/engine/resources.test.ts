import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { now } from '../../src/clock.ts'
import { type Mock, startMock } from '../../src/mock/server.ts'
import type { RunInput } from '../support/run.ts'
import { MemoryTarget, runScenario, runVirtual } from '../support/virtual.ts'

let mock: Mock
let folder: string

beforeAll(async () => {
  mock = await startMock({ firstTokenMs: 0, gapMs: 0 })
  folder = mkdtempSync(join(tmpdir(), 'burn-data-'))
})
afterEach(() => mock.reset())
afterAll(async () => {
  await mock.close()
  rmSync(folder, { recursive: true })
})

const bodies = () => mock.log().map(({ body }) => JSON.parse(body) as Record<string, unknown>)

test('each iteration gets the next row, whoever makes it', async () => {
  writeFileSync(join(folder, 'orders.csv'), 'order,item\n1,"a ""quoted"" {{vu}}"\n2,b\n3,c\n')
  const { result } = await runScenario(
    {
      name: 'rows',
      target: { url: `${mock.url}/echo` },
      data: { orders: { file: 'orders.csv' } },
      load: [{ iterations: 5, users: 2 }],
      steps: [{ request: { json: { order: '{{orders.order}}', item: '{{orders.item}}' } } }],
    },
    { baseDir: folder },
  )
  expect(result.total.counts).toMatchObject({ planned: 5, ok: 5 })
  expect(
    bodies()
      .map(({ order }) => order)
      .sort(),
  ).toEqual(['1', '1', '2', '2', '3'])
  // A value is data: braces in it are no template.
  expect(bodies().find(({ order }) => order === '1')).toEqual({ order: '1', item: 'a "quoted" {{vu}}' })
})

test('unique rows that run out end the run with an error', async () => {
  writeFileSync(join(folder, 'three.csv'), 'id\n1\n2\n3\n')
  const { result } = await runScenario(
    {
      name: 'unique',
      target: { url: `${mock.url}/echo` },
      data: { three: { file: 'three.csv', pick: 'unique' } },
      load: [{ iterations: 10, users: 2 }],
      steps: [{ request: { json: { id: '{{three.id}}' } } }],
    },
    { baseDir: folder },
  )
  expect(
    bodies()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['1', '2', '3'])
  expect(result).toMatchObject({ exitCode: 3, reason: expect.stringContaining('data.three') })
})

test('a token is got once, sent with every request, and is no latency', async () => {
  let readyAt = Number.NaN
  const scenario: RunInput = {
    name: 'token',
    target: {
      url: `${mock.url}/echo`,
      auth: {
        type: 'oauth2',
        tokenUrl: `${mock.url}/oauth/token?mock=${encodeURIComponent('{"slowHeadersMs":300}')}`,
        clientId: 'me',
        clientSecret: 'very-secret',
      },
    },
    load: [{ iterationsPerUser: 3, users: 3 }],
    steps: [{ request: { json: {} } }],
  }
  const { result, attempts } = await runScenario(scenario, {
    during: () => {
      readyAt = now()
    },
  })
  expect(result.total.counts).toMatchObject({ planned: 9, ok: 9 })
  const log = mock.log()
  expect(log.filter(({ path }) => path.startsWith('/oauth'))).toHaveLength(1)
  const sent = log.filter(({ path }) => path.startsWith('/echo')).map(({ headers }) => String(headers.authorization))
  expect(sent).toHaveLength(9)
  expect(new Set(sent).size).toBe(1)
  expect(sent[0]).toMatch(/^Bearer \S+/)
  // They were due when the token was there.
  for (const { exchange } of attempts) expect(exchange.intended - readyAt).toBeGreaterThanOrEqual(299)
})

test('a token that cannot be had fails the attempts, with its class', async () => {
  const { result } = await runScenario({
    name: 'no token',
    target: {
      url: `${mock.url}/echo`,
      auth: { type: 'oauth2', tokenUrl: `${mock.url}/nothing-here`, clientId: 'me', clientSecret: 'very-secret' },
    },
    load: [{ iterations: 2 }],
    steps: [{ request: { json: {} } }],
  })
  expect(result.total.counts).toMatchObject({ planned: 2, failed: 2 })
  expect(result.errors.map((group) => group.class)).toEqual(['auth_failed'])
})

test('cookies are kept for a conversation and forgotten with it', async () => {
  await runScenario({
    name: 'cookies',
    target: { url: mock.url },
    conversation: { cookies: true },
    load: [{ iterations: 2 }],
    steps: [{ request: { method: 'POST', path: '/login', json: {} } }, { request: { path: '/echo' } }],
  })
  const log = mock.log()
  expect(log.map(({ headers }) => headers.cookie !== undefined)).toEqual([false, true, false, true])
})

test('a made-up payload is there in its step', async () => {
  await runScenario(
    {
      name: 'payload',
      target: { url: `${mock.url}/echo` },
      load: [{ iterations: 2 }],
      steps: [{ request: { json: '{{payload}}' }, payload: { types: ['METRICS'], envelope: 'sync_data' } }],
    },
    { seed: 'a' },
  )
  const [first, second] = bodies()
  expect(first).toMatchObject({ type: 'sync_data' })
  expect(first).not.toEqual(second)
})

test('a conversation id is taken from the first reply and sent from then on', async () => {
  await runScenario({
    name: 'id',
    target: { url: `${mock.url}/chat` },
    conversation: { id: { from: '$.conversationId', sendAs: 'header:X-Conversation' } },
    load: [{ iterations: 1 }],
    steps: [{ message: 'one' }, { message: 'two' }, { message: 'three' }],
  })
  const ids = mock.log().map(({ headers }) => headers['x-conversation'])
  expect(ids[0]).toBeUndefined()
  expect(ids[1]).toMatch(/\S+/)
  expect(ids[2]).toBe(ids[1])
})

test('a conversation id that the mapping of the target names is there from the first reply on', async () => {
  await runScenario({
    name: 'id',
    target: {
      url: `${mock.url}/echo`,
      request: { structure: { session: '{{conversation.id}}', message: '{{message}}' } },
      response: { text: '$.json.message', conversationId: '$.json.message' },
    },
    load: [{ iterations: 2 }],
    steps: [{ message: 'one' }, { message: 'two' }, { message: 'three' }],
  })
  // Each conversation has the id of its own first reply.
  expect(bodies().map(({ session }) => session)).toEqual(['', 'one', 'one', '', 'one', 'one'])
})

test('what an attempt costs is a metric, a check and a threshold', async () => {
  const { result, attempts } = await runScenario({
    name: 'cost',
    target: {
      preset: 'openai-chat',
      url: `${mock.url}/v1/chat/completions`,
      pricing: { inputPer1M: 1, outputPer1M: 10 },
    },
    load: [{ iterations: 2 }],
    steps: [{ message: 'What does this cost?', expect: [{ cost: '< 0.0001' }] }],
    thresholds: ['cost sum < 0.001', 'checks ratio >= 50%'],
  })
  const { inputTokens, outputTokens } = attempts[0]?.exchange.usage ?? {}
  const one = ((inputTokens ?? Number.NaN) + 10 * (outputTokens ?? Number.NaN)) / 1e6
  expect(one).toBeGreaterThan(0.0002)
  expect(result.steps[0]?.checks).toMatchObject([{ passed: 0, failed: 2 }])
  expect(result.thresholds.map(({ threshold, state }) => [threshold, state])).toContainEqual(['cost sum < 0.001', 'passed'])
  for (const { exchange } of attempts) expect(exchange.cost).toBeCloseTo(one, 9)
})

test('an iteration that takes too long ends, and what is in flight fails', async () => {
  const target = new MemoryTarget({ reply: ({ path }) => ({ headMs: path === '/slow' ? 5000 : 20 }) })
  const { result } = await runVirtual({
    name: 'too long',
    target: { url: target.url },
    iterationTimeout: '200ms',
    load: [{ iterations: 2 }],
    steps: [{ request: { path: '/echo' } }, { request: { path: '/slow' } }, { request: { path: '/echo' } }],
  })
  expect(result.total.counts).toMatchObject({ planned: 4, ok: 2, failed: 2 })
  expect(result.errors).toMatchObject([{ class: 'timeout_iteration', phase: 'headers', count: 2 }])
  expect(result.iterations).toMatchObject({ planned: 2, failed: 2 })
  expect(target.requests.map(({ at }) => at)).toEqual([0, 20, 200, 220])
})

test('labels of the run are in its result', async () => {
  const { result } = await runScenario({
    name: 'labels',
    target: { url: mock.url },
    tags: { team: 'chat', build: '42' },
    steps: [{ request: { path: '/health' } }],
  })
  expect(result.labels).toEqual({ team: 'chat', build: '42' })
})
