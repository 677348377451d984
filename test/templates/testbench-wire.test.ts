/** Files of Stream Testbench against servers that know its wire format, well-behaved and not. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { convertForeign } from '../../src/templates/foreign/index.ts'
import type { Data } from '../../src/templates/template.ts'
import { type Manners, type Seen, startMutationServer, startPostServer, startSyncServer } from '../servers/testbench.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'

type Protocol = 'WEBSOCKET' | 'MQTT' | 'HTTP'
const PROTOCOLS: readonly Protocol[] = ['WEBSOCKET', 'MQTT', 'HTTP']

async function serverFor(protocol: Protocol, manners: Manners = {}): Promise<Seen> {
  const start = { WEBSOCKET: startSyncServer, MQTT: startMutationServer, HTTP: startPostServer }[protocol]
  const server = await start(manners)
  onTestFinished(() => server.stop())
  return server
}

/** Runs a file with its load made short; the endpoint is written as the original writes it. */
async function runFile(file: Data, load: Data = { iterations: 4, users: 2 }) {
  const foreign = convertForeign({ name: 't', duration_seconds: 4, ...file }, { forFile: false })
  if (!foreign) throw new Error('not recognised')
  expect(foreign.located.filter(({ severity }) => severity !== 'note')).toEqual([])
  // the schema checks it first of all
  const scenario = { ...foreign.scenario, load: [load] } as unknown as Parameters<typeof runScenario>[0]
  const { result, attempts } = await runScenario(scenario)
  const failures = attempts.map(({ exchange }) => exchange.failure?.class ?? exchange.outcome)
  return { result, failures: [...new Set(failures)], counts: result.total.counts }
}

const endpointOf = (protocol: Protocol, { port }: Seen) => `127.0.0.1:${port}${protocol === 'MQTT' ? '' : '/ws/mobile/sync/'}`
const fileFor = (protocol: Protocol, server: Seen, more: Data = {}): Data => ({
  protocol,
  endpoint: endpointOf(protocol, server),
  connections: 2,
  rates: { messagesPerSecond: 5 },
  payloads: ['HEARTBEAT'],
  ...more,
})

describe.each(PROTOCOLS)('%s', (protocol) => {
  const tried = async (manners: Manners, validation?: Data) => {
    const server = await serverFor(protocol, manners)
    return { server, ...(await runFile(fileFor(protocol, server, validation ? { validation } : {}))) }
  }

  test('every kind of data fits the format', async () => {
    const server = await serverFor(protocol)
    const payloads = ['VOICE_DATA', 'BEHAVIORAL_DATA', 'SESSION_DATA', 'METRICS', 'HEARTBEAT', 'CUSTOM']
    const { counts } = await runFile(fileFor(protocol, server, { payloads }))
    expect([server.complaints, server.messages.length, counts.ok]).toEqual([[], 4, 4])
  })

  timedTest('the time of the reply is the latency, though the file says nothing of validation', async () => {
    const { result, counts } = await tried({ delayMs: 300 })
    expect(counts).toMatchObject({ ok: 4, failed: 0 })
    // a timer may fire a millisecond early
    expect(result.total.distributions.service_time?.percentiles.p50).toBeGreaterThan(298)
  })

  test('a reply that never comes is a failure', async () => {
    const { counts, failures } = await tried({ mute: true }, { maxLatencyMs: 60 })
    expect(counts).toMatchObject({ ok: 0, failed: 4 })
    expect(failures).toEqual([expect.stringMatching(/^timeout_/)])
  })

  test('so is one that is not JSON', async () => {
    const { counts, failures } = await tried({ answer: () => 'this is not json' }, { maxLatencyMs: 500 })
    expect(counts).toMatchObject({ ok: 0, failed: 4 })
    // Over MQTT nothing tells whose reply it would be.
    expect(failures).toEqual([protocol === 'MQTT' ? expect.stringMatching(/^timeout_/) : 'check_failed'])
  })

  timedTest('so is one that takes longer than it may', async () => {
    expect((await tried({ delayMs: 450 }, { maxLatencyMs: 400 })).failures).toEqual(['check_failed'])
    expect((await tried({ delayMs: 150 })).failures).toEqual(['ok'])
  })

  test('so is one that lacks a required field', async () => {
    expect((await tried({}, { requiredFields: ['nope'] })).failures).toEqual(['check_failed'])
    expect((await tried({}, { requiredFields: [protocol === 'MQTT' ? 'uuids' : 'correlation_id'] })).failures).toEqual(['ok'])
  })

  test('validateResponses: false asks for none of that', async () => {
    if (protocol === 'HTTP') {
      expect((await tried({ answer: () => 'no json' }, { validateResponses: false })).failures).toEqual(['ok'])
      return
    }
    const { server, counts } = await tried({ mute: true }, { validateResponses: false, maxLatencyMs: 100 })
    expect([counts.ok, server.messages.length]).toEqual([4, 4])
  })

  test('without the block, 1000 ms is the limit, and twice that the longest wait', async () => {
    const { scenario } = convertForeign({ name: 'n', protocol, endpoint: 'h:1', duration_seconds: 1 }) ?? {}
    expect(scenario?.target).toMatchObject({ timeouts: { total: '2000ms' } })
    expect(JSON.stringify(scenario?.steps)).toContain('reply.serviceMs <= 1000')
    expect(JSON.stringify(scenario?.steps)).toContain('"is-json":true')
  })
})

describe('HTTP codes', () => {
  test.each([
    [200, 'ok'],
    [202, 'ok'],
    [204, 'check_failed'],
    [404, 'check_failed'],
    [500, 'check_failed'],
  ])('%i', async (status, fate) => {
    const server = await serverFor('HTTP', { status })
    expect((await runFile(fileFor('HTTP', server))).failures).toEqual([fate])
  })

  test('those of the file take the place of the usual ones', async () => {
    const server = await serverFor('HTTP', { status: 201 })
    const validation = { expectedStatusCodes: [200, 202] }
    expect((await runFile(fileFor('HTTP', server, { validation }))).failures).toEqual(['check_failed'])
  })
})

describe('credentials', () => {
  const BEARER = { type: 'BEARER_TOKEN', credentials: { token: 'tok-12345678' } }
  const BASIC = { type: 'BASIC_AUTH', credentials: { username: 'ada', password: 'pw-12345678' } }
  const KEY = { type: 'API_KEY', credentials: { api_key: 'key-12345678', api_secret: 'sec-12345678' } }

  test.each([
    ['BEARER_TOKEN', BEARER, { token: 'tok-12345678' }],
    ['BASIC_AUTH', BASIC, { credentials: { username: 'ada', password: 'pw-12345678' } }],
    ['API_KEY', KEY, { api_key: 'key-12345678' }],
  ])('over WebSocket, %s is the first frame of each connection', async (_type, authentication, frame) => {
    const server = await startSyncServer({}, frame)
    onTestFinished(() => server.stop())
    const { counts } = await runFile(fileFor('WEBSOCKET', server, { authentication }))
    expect([counts.ok, counts.failed, server.complaints]).toEqual([4, 0, []])
    expect(server.credentials).toEqual([frame, frame])
  })

  test('without them a server that wants some lets nothing pass', async () => {
    const server = await startSyncServer({}, { token: 'x' })
    onTestFinished(() => server.stop())
    expect((await runFile(fileFor('WEBSOCKET', server))).counts.ok).toBe(0)
  })

  test('`auth` is another name, NONE sends nothing', async () => {
    const server = await startSyncServer({}, { token: 'tok-12345678' })
    onTestFinished(() => server.stop())
    expect((await runFile(fileFor('WEBSOCKET', server, { auth: BEARER }))).counts.ok).toBe(4)
    const open = await serverFor('WEBSOCKET')
    const none = await runFile(fileFor('WEBSOCKET', open, { authentication: { type: 'NONE', credentials: {} } }))
    expect([none.counts.ok, open.complaints]).toEqual([4, []])
  })

  test.each([
    ['BASIC_AUTH', BASIC, 'ada', 'pw-12345678'],
    ['API_KEY', KEY, 'key-12345678', 'sec-12345678'],
  ])('over MQTT, %s is user name and password', async (_type, authentication, user, password) => {
    const server = await startMutationServer({}, password)
    onTestFinished(() => server.stop())
    const { counts } = await runFile(fileFor('MQTT', server, { authentication }))
    expect([counts.ok, server.credentials]).toEqual([4, [user, user]])
  })

  test.each([
    ['BEARER_TOKEN', BEARER, 'Bearer tok-12345678'],
    ['BASIC_AUTH', BASIC, `Basic ${Buffer.from('ada:pw-12345678').toString('base64')}`],
    ['API_KEY', KEY, 'key-12345678'],
  ])('over HTTP, %s is a header', async (_type, authentication, header) => {
    const server = await serverFor('HTTP')
    await runFile(fileFor('HTTP', server, { authentication }))
    expect(new Set(server.credentials)).toEqual(new Set([header]))
  })
})

test('MIXED drives both protocols at the full rate, each with all of the connections', async () => {
  const socket = await serverFor('WEBSOCKET')
  const broker = await serverFor('MQTT')
  const foreign = convertForeign({ ...fileFor('WEBSOCKET', socket), name: 'm', protocol: 'MIXED', duration_seconds: 4 })
  if (!foreign) throw new Error('not recognised')
  expect(foreign.scenario.load).toEqual([{ name: 'steady', users: 4, for: '4s', pace: '5/s' }])
  const targets = foreign.scenario.targets as Readonly<Record<'websocket' | 'mqtt', Data>>
  const mqtt = { ...targets.mqtt, url: `mqtt://127.0.0.1:${broker.port}` }
  const load = [{ iterationsPerUser: 3, users: 4 }]
  const scenario = { ...foreign.scenario, targets: { ...targets, mqtt }, load }
  // the schema checks it first of all
  const { result } = await runScenario(scenario as unknown as Parameters<typeof runScenario>[0])
  expect([socket.messages.length, broker.messages.length]).toEqual([6, 6])
  expect([socket.complaints, broker.complaints]).toEqual([[], []])
  expect(result.steps.map(({ name, counts }) => [name, counts.ok])).toEqual([
    ['websocket send', 6],
    ['mqtt send', 6],
  ])
})

test.each([
  ['django-channels', 'WEBSOCKET'],
  ['django-mqtt', 'MQTT'],
] as const)('preset %s sends messages in the envelope of the original', async (preset, protocol) => {
  const server = await serverFor(protocol)
  const scheme = protocol === 'MQTT' ? 'mqtt' : 'ws'
  const target = { preset, url: `${scheme}://127.0.0.1:${server.port}` }
  const { result, attempts } = await runScenario({ name: 'p', target, load: [{ iterations: 2 }], steps: [{ message: 'hi' }] })
  expect(attempts.map(({ exchange }) => exchange.failure)).toEqual([undefined, undefined])
  expect(result.total.counts.ok).toBe(2)
  const [first] = server.messages
  expect(first).toMatchObject(
    protocol === 'MQTT'
      ? { query: expect.stringMatching(/^mutation /), variables: { input: { message: 'hi', timestamp: expect.any(Number) } } }
      : { type: 'sync_data', data: { message: 'hi', timestamp: expect.any(Number) } },
  )
  expect(new Set(server.messages.map(({ uuids, correlation_id }) => JSON.stringify(uuids ?? correlation_id))).size).toBe(2)
})
