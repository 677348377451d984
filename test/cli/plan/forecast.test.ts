import { describe, expect, test } from 'vitest'
import { renderForecast } from '../../../src/cli/plan/render.ts'
import { MACHINE, planOf } from './forecast-of.ts'

describe('the rest', () => {
  test('users at once: the head count, or arrivals times the length of an iteration', () => {
    expect(planOf({ load: [{ users: { from: 1, to: 30 }, for: '1m' }] }).users.most).toBe(30)
    expect(planOf({ load: [{ rate: '20/s', for: '1m', maxUsers: 400 }] }, { replyMs: 3000 }).users).toEqual({
      least: 0,
      most: 400,
      likely: 60,
    })
  })

  test('without maxUsers an open phase has as many users as this machine can have, and no more than iterations', () => {
    expect(planOf({ load: [{ rate: '200/s', for: '1m' }] }).users).toEqual({ least: 0, most: 960, likely: 200 })
    expect(planOf({ load: [{ rate: '20/s', for: '2s' }] }).users.most).toBe(40)
    const { warnings } = planOf({ load: [{ rate: '2000/s', for: '1m' }] })
    expect(warnings).toEqual([expect.stringContaining('the most users that this machine allows (960) is reached')])
  })

  test('think times make iterations longer', () => {
    const { iteration } = planOf({ steps: [{ message: 'hi' }, { delay: '500ms' }] }, { replyMs: 250 })
    expect(iteration).toMatchObject({ thinkMs: 500, lengthMs: 750 })
  })

  test('duration: the phases, unless one ends by its iterations', () => {
    expect(planOf({ load: [{ users: 1, for: '1m' }, { pause: '5s' }] }).loadMs).toBe(65_000)
    expect(planOf({ load: [{ users: 1, for: '1m' }, { iterations: 5 }] }).loadMs).toBeNull()
    expect(planOf({ load: [{ iterations: 5 }, { users: 1, for: '1m' }] }).phases[1]?.startMs).toBeNull()
  })

  test('tokens: those of the group with the longest prompts and replies', () => {
    const target = { url: 'http://127.0.0.1/', maxTokens: 10 }
    const steps = [{ message: '{{prompt}}', prompt: { tokens: 100 } }]
    const groups = { a: { promptTokens: 300 }, b: { maxTokens: { min: 5, max: 40 } } }
    const perIteration = (more: object) => planOf({ target, steps, load: [{ iterations: 1 }], ...more }).tokens
    // The template itself is estimated as 3 tokens.
    expect(perIteration({})).toMatchObject({ input: 103, output: 10 })
    expect(perIteration({ groups })).toMatchObject({ input: 303, output: 40 })
    expect(perIteration({ groups: { ...groups, c: { maxTokens: { mean: 5, sd: 1 } } } })).toBeNull()
  })

  test('tokens: a conversation is sent again with each turn', () => {
    const target = { url: 'http://127.0.0.1/', maxTokens: 10 }
    const steps = [{ loop: { times: 2, steps: [{ message: '12345678' }] } }]
    const load = [{ iterations: 3 }]
    const full = planOf({ target, steps, load }, { prices: { inputPer1M: 1_000_000, outputPer1M: 2_000_000 } })
    // 2 + (2 + 10 + 2) tokens in, 2 × 10 out, three times.
    expect(full.tokens).toEqual({ input: 48, output: 60, cost: 168 })
    expect(planOf({ target, steps, load, conversation: { memory: 'none' } }).tokens).toEqual({
      input: 12,
      output: 60,
      cost: null,
    })
    expect(planOf({ steps, load }).tokens).toBeNull()
    const pricing = { inputPer1M: 0, outputPer1M: 1_000_000 }
    expect(planOf({ target: { ...target, pricing }, steps, load }).tokens?.cost).toBe(60)
  })

  test('amounts in different currencies are not added', () => {
    const pricing = (currency: string) => ({ inputPer1M: 0, outputPer1M: 1_000_000, perHour: 60, currency })
    const target = (currency: string) => ({ url: 'http://127.0.0.1/', maxTokens: 10, pricing: pricing(currency) })
    const steps = [
      { message: 'a', target: 'one' },
      { message: 'b', target: 'two' },
      { message: 'c', target: 'two' },
    ]
    const plan = planOf({
      target: undefined,
      targets: { one: target('EUR'), two: target('USD') },
      steps,
      load: [{ rate: '1/s', for: '60s' }],
    })
    expect(plan.tokens).toMatchObject({ output: 1800, cost: null })
    expect(plan.money).toMatchObject({ currency: null, hardware: null })
    expect(plan.money.perCurrency).toEqual([
      { currency: 'EUR', cost: 600, hardware: 1 },
      { currency: 'USD', cost: 1200, hardware: 1 },
    ])
    expect(renderForecast(plan, { replyMs: 1000, prices: undefined })).toContain('at most 600 EUR and 1200 USD (estimate)')
  })

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'open files',
      { load: [{ users: 1000, for: '1s' }] },
      /up to 1000 sockets, but only 1024 open files.*`ulimit -n 1064`, or share the load among 2 processes/,
    ],
    [
      'local ports',
      { load: [{ users: 30_000, for: '1s' }] },
      /30000 connections to 127\.0\.0\.1:80, but only 28000 local ports .*: list 2 addresses of this machine in localAddresses of the target, such as 127\.0\.1\.1-127\.0\.1\.2/,
    ],
    [
      'local ports to a name',
      { load: [{ users: 30_000, for: '1s' }], target: { url: 'http://chat.example/' } },
      /30000 connections to chat\.example:80, .*; the name was not looked up: if it has several addresses, each has as many ports/,
    ],
    ['memory', { load: [{ users: 20_000, for: '1s' }] }, /memory/],
    [
      'too few users for the rate',
      { load: [{ rate: '20/s', for: '1m', maxUsers: 20 }] },
      /phase phase-1: maxUsers \(20\) is reached/,
    ],
    [
      'a connection for each request',
      { target: { url: 'http://127.0.0.1/', http: { connection: 'new' } }, load: [{ rate: '900/s', for: '1m' }] },
      /900 new connections per second: local ports \(28000\) run out/,
    ],
  ])('warns of %s', (_, own, warning) => {
    expect(planOf(own).warnings.join('\n')).toMatch(warning)
  })

  test.each<[string, Readonly<Record<string, unknown>>, number]>([
    ['one for each user', {}, 200],
    ['a pool of a size', { http: { connection: 'shared', maxConnections: 20 } }, 20],
    ['a pool larger than the number of users', { http: { connection: 'shared', maxConnections: 500 } }, 200],
    ['a pool of the size that is the default', { http: { connection: 'shared' } }, 100],
    ['a pool for SSE', { protocol: 'sse', sse: { connection: 'shared', maxConnections: 7 } }, 7],
    [
      'a stream for each user beside a pool',
      { protocol: 'sse', sse: { connection: 'shared', maxConnections: 7, mode: 'subscribe' } },
      207,
    ],
    ['HTTP/2 streams', { http: { version: '2', streams: 30 } }, 7],
    [
      'one gRPC channel',
      { protocol: 'grpc', url: 'grpc://127.0.0.1:1', grpc: { channel: 'shared', service: 'a.B', method: 'C' } },
      1,
    ],
  ])('sockets: %s', (_, own, sockets) => {
    const target = { url: 'http://127.0.0.1/', ...own }
    expect(planOf({ target, load: [{ users: 200, for: '1m' }] }).sockets).toBe(sockets)
  })

  test("a pool needs no more ports and files than it has connections, and says when its size is nobody's choice", () => {
    const load = [{ users: 30_000, for: '1s' }]
    const warnings = (http: object) =>
      planOf({ target: { url: 'http://127.0.0.1/', http }, load }).warnings.filter((w) => !/memory/.test(w))
    expect(warnings({ connection: 'shared', maxConnections: 50 })).toEqual([])
    expect(warnings({ connection: 'shared' })).toEqual([
      'target: up to 30000 users share 100 connections, so that requests may wait for one: set http.maxConnections',
    ])
  })

  test('says what a million idle users need', () => {
    const target = { url: 'ws://127.0.0.1/', localAddresses: ['127.0.1.1-127.0.1.40'] }
    const plan = planOf({ target, load: [{ users: 1_000_000, for: '1h' }] }, {}, { ...MACHINE, openFiles: 300_000 })
    expect(plan.needs).toEqual({
      openFiles: 1_000_064,
      localAddresses: 40,
      memoryBytes: 1_000_000 * 42 * 1024 + 13 * 165 * 2 ** 20,
      processes: 13,
    })
    expect(renderForecast(plan, { replyMs: 1000, prices: undefined })).toContain(
      '1,000,000 idle users take 1,000,064 open files, 40 local addresses, about 42.1 GiB of memory, 13 processes (--workers)',
    )
    expect(plan.warnings.join('\n')).not.toContain('local ports')
    expect(plan.warnings.join('\n')).toMatch(/memory: .* of idle users it is 42.1 GiB/)
  })

  test('is content with what this machine can carry', () => {
    expect(planOf({ load: [{ users: 50, for: '1m' }] }).warnings).toEqual([])
  })
})
