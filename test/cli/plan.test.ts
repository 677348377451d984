import { describe, expect, test } from 'vitest'
import { type Assumptions, type Forecast, forecast } from '../../src/cli/plan/forecast.ts'
import { rangeText, sparkline } from '../../src/cli/plan/render.ts'
import { planOf as compiledPlan } from '../../src/scenario/compile/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { chat, Home, mockFor, OUT } from './harness.ts'

const MACHINE = { openFiles: 1024, localPorts: 28_000, memoryBytes: 8 * 2 ** 30 }
const ASSUMED: Assumptions = { replyMs: 1000, prices: undefined }

function planOf(own: Readonly<Record<string, unknown>>, assumed: Partial<Assumptions> = {}, machine = MACHINE): Forecast {
  const scenario = scenarioSchema.parse({ name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ message: 'hi' }], ...own })
  const plan = compiledPlan(scenario, { file: null, baseDir: '.', seed: 'x', secrets: [] })
  return forecast(plan, { ...ASSUMED, ...assumed }, { machine, urls: ['http://127.0.0.1/'], data: [] })
}

describe('attempts of an iteration', () => {
  const message = { message: 'hi' }
  test.each<[string, unknown[], string]>([
    ['steps in a row', [message, { delay: '1s' }, message], '2'],
    ['a fixed loop', [{ loop: { times: 3, steps: [message, { loop: { times: 2, steps: [message] } }] } }], '9'],
    ['a loop bounded by its own max', [{ loop: { times: 30, max: 4, steps: [message] } }], '4'],
    ['a branch of equal sides', [{ if: 'true', then: [message], else: [message] }], '1'],
    ['a branch of different sides', [message, { if: 'true', then: [message, message] }], 'about 2 (at most 3)'],
    ['a loop with a condition', [{ loop: { while: 'true', max: 7, steps: [message] } }], 'at most 7'],
    ['a loop whose number is a template', [{ loop: { times: '{{n}}', max: 5, steps: [message] } }], 'at most 5'],
  ])('%s', (_, steps, expected) => {
    expect(rangeText(planOf({ steps }).iteration.attempts)).toBe(expected)
  })

  test('flows count by their weights', () => {
    const flows = [
      { name: 'a', weight: 3, steps: [message] },
      { name: 'b', weight: 1, steps: [message, message, message, message, message] },
    ]
    expect(planOf({ steps: undefined, flows }).iteration.attempts).toEqual({ least: 1, most: 5, likely: 2 })
  })

  test('setup and teardown are not part of it', () => {
    const { iteration } = planOf({ setup: [message], steps: [{ message: 'hi', name: 'only' }] })
    expect(iteration.steps.map(({ name }) => name)).toEqual(['only'])
  })
})

describe('iterations', () => {
  test.each<[string, unknown[], string]>([
    ['a budget', [{ iterations: 120, users: 7 }], '120'],
    ['a budget for each user', [{ iterationsPerUser: 3, users: 7 }], '21'],
    ['a constant rate', [{ rate: '20/s', for: '10s' }], '200'],
    ['a rate that ramps up', [{ rate: { from: '0/s', to: '20/s' }, for: '10s' }], '100'],
    ['users, each as fast as replies come', [{ users: 10, for: '10s' }], 'about 100'],
    ['users that ramp', [{ users: { from: 0, to: 10 }, for: '10s' }], 'about 50'],
    ['users on a timetable', [{ users: 10, for: '10s', pace: '2/m' }], '10'],
    ['a pause', [{ iterations: 2 }, { pause: '10s' }], '2'],
    ['phases together', [{ iterations: 2 }, { rate: '1/s', for: '10s' }], '12'],
  ])('%s', (_, load, expected) => {
    expect(rangeText(planOf({ load }).iterations).replace(/ \(.*/, '')).toBe(expected)
  })

  test('random arrivals are those of the seed', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { seed: 'abc', load: [{ rate: '40/s', for: '1s', arrivals: 'poisson' }] }))
    const { stdout } = await home.call(['plan', 'a.json', '--json'])
    await home.call(['run', 'a.json', ...OUT, '--quiet'])
    const { iterations } = JSON.parse(stdout) as Forecast
    expect(iterations.least).toBe(iterations.most)
    expect(home.result().iterations.planned).toBe(iterations.least)
  })
})

describe('the rest', () => {
  test('users at once: the head count, or arrivals times the length of an iteration', () => {
    expect(planOf({ load: [{ users: { from: 1, to: 30 }, for: '1m' }] }).users.most).toBe(30)
    expect(planOf({ load: [{ rate: '20/s', for: '1m', maxUsers: 400 }] }, { replyMs: 3000 }).users).toEqual({
      least: 0,
      most: 400,
      likely: 60,
    })
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

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['open files', { load: [{ users: 1000, for: '1s' }] }, /up to 1000 sockets, but only 1024 open files/],
    ['local ports', { load: [{ users: 30_000, for: '1s' }] }, /30000 connections to one address, but only 28000 local ports/],
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

  test('is content with what this machine can carry', () => {
    expect(planOf({ load: [{ users: 50, for: '1m' }] }).warnings).toEqual([])
  })

  test('sparklines', () => {
    expect(sparkline([0, 1, 4, 8], 8)).toBe('·▂▅█')
    expect(sparkline([0, 0], 0)).toBe('··')
  })
})

describe('burn plan', () => {
  test('sends nothing, and takes the flags of run', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url))
    const { code, stdout } = await home.call(['plan', 'a.json', '-r', '10', '-d', '30', '--reply-time', '500ms'])
    expect(code).toBe(0)
    expect(stdout).toContain('estimates take a reply to last 500ms')
    expect(stdout).toMatch(/constant-arrival-rate, at 0ms, for 30s/)
    expect(stdout).toMatch(/attempts +300; per iteration 1/)
    expect(stdout).toMatch(/open files allowed [\d,]+, local ports/)
    const stats = (await (await fetch(`${mock.url}/__mock/stats`)).json()) as { requests: number }
    expect(stats.requests).toBe(0)
    expect(home.files()).toEqual(['a.json'])
  })

  test('counts the rows of data files, and warns when they are too few', async () => {
    const home = new Home()
    home.write('rows.csv', 'name\nAda\nGrace\n')
    const data = { people: { file: 'rows.csv', pick: 'unique' } }
    home.write('a.json', chat('mock:', { data, load: [{ iterations: 5 }], steps: [{ message: '{{people.name}}' }] }))
    const { stdout } = await home.call(['plan', 'a.json'])
    expect(stdout).toMatch(/data +people: rows.csv, 2 rows, unique/)
    expect(stdout).toContain('! data people: 2 rows, each handed out once, for about 5 iterations')
  })

  test('refuses what run refuses', async () => {
    const home = new Home()
    home.write('a.json', chat('http://127.0.0.1:1', { load: [{ users: 0 }] }))
    const [invalid, price] = await Promise.all([
      home.call(['plan', 'a.json']),
      home.call(['plan', 'a.json', '--input-price', 'cheap']),
    ])
    expect([invalid.code, price.code]).toEqual([2, 2])
    expect(price.stderr).toContain('--input-price cheap')
  })
})
