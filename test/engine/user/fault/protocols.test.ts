/** Faults injected over each protocol: what the target saw against what the result says, exactly. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { startBroker } from '../../../servers/mqtt-broker.ts'
import { type RunInput, runScenario } from '../../../support/run.ts'
import { shareOf } from '../../../support/share.ts'

/** A target: what the scenario says of it, its step, and the payloads that it has received. */
interface Target {
  readonly target: object
  readonly step: object
  readonly seen: readonly unknown[]
}

/** How long each reply takes, in ms: a connection that is dropped sooner has a request in flight. */
const REPLY_MS = 15
const BODY = { text: 'hello {{uuid}}', repeat: 3 }

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const later = (reply: () => void) => void setTimeout(reply, REPLY_MS)

function bodyOf(request: IncomingMessage | ServerHttp2Stream, then: (body: Buffer) => void): void {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => {})
  request.on('end', () => then(Buffer.concat(pieces)))
}

async function http(options: object = {}): Promise<Target> {
  const seen: string[] = []
  const server = createServer((request, response) =>
    bodyOf(request, (body) => {
      seen.push(body.toString('latin1'))
      later(() => response.end('{}'))
    }),
  )
  onTestFinished(() => server.closeAllConnections())
  const url = `http://127.0.0.1:${await listening(server)}`
  return { target: { url, http: options }, step: { request: { method: 'POST', json: BODY } }, seen }
}

async function http2(): Promise<Target> {
  const seen: string[] = []
  const server = createHttp2Server()
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    bodyOf(stream, (body) => {
      seen.push(body.toString('latin1'))
      later(() => {
        if (stream.destroyed) return
        stream.respond({ ':status': 200 })
        stream.end('{}')
      })
    })
  })
  const url = `http://127.0.0.1:${await listening(server)}`
  return { target: { url, http: { version: '2' } }, step: { request: { method: 'POST', json: BODY } }, seen }
}

async function sse(): Promise<Target> {
  const seen: string[] = []
  const server = createServer((request, response) =>
    bodyOf(request, (body) => {
      seen.push(body.toString('latin1'))
      later(() => response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {}\n\n'))
    }),
  )
  onTestFinished(() => server.closeAllConnections())
  const url = `http://127.0.0.1:${await listening(server)}`
  return { target: { url, protocol: 'sse' }, step: { request: { method: 'POST', json: BODY } }, seen }
}

/** An event stream for each user, and requests beside it; each request with a key gets an event with it. */
async function subscription(): Promise<Target> {
  const seen: string[] = []
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 1\n\n')
      streams.add(response.on('close', () => streams.delete(response)))
      return
    }
    bodyOf(request, (body) => {
      seen.push(body.toString('latin1'))
      response.end()
      const open = [...streams]
      later(() => {
        for (const stream of open) if (!stream.closed) stream.write(`data: ${JSON.stringify({ said: 1 })}\n\n`)
      })
    })
  })
  onTestFinished(() => server.closeAllConnections())
  const url = `http://127.0.0.1:${await listening(server)}`
  const step = { request: { method: 'POST', json: BODY, await: { count: 1 } } }
  return { target: { url, protocol: 'sse', sse: { mode: 'subscribe' } }, step, seen }
}

async function websocket(): Promise<Target> {
  const seen: string[] = []
  const server = createServer()
  const sockets = new WebSocketServer({ server, skipUTF8Validation: true })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data: Buffer) => {
      seen.push(data.toString('latin1'))
      later(() => socket.send('{}'))
    })
  })
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
  })
  const url = `ws://127.0.0.1:${await listening(server)}`
  const reconnect = { base: '1ms', max: '5ms' }
  return { target: { url, websocket: { reconnect } }, step: { request: { json: BODY } }, seen }
}

/** Calls by number of streams, whatever is in them; a message that is none is refused, as a server does that cannot decode it. */
async function grpc(): Promise<Target> {
  const seen: string[] = []
  const server = createHttp2Server()
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    bodyOf(stream, (body) => {
      const message = body.subarray(5).toString('latin1')
      seen.push(message)
      const status = body.readUInt32BE(1) === body.length - 5 ? '0' : '13'
      later(() => {
        if (stream.destroyed) return
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
        stream.end(Buffer.from([0, 0, 0, 0, 0]))
      })
    })
  })
  const url = `grpc://127.0.0.1:${await listening(server)}`
  const call = { proto: 'protos/echo.proto', service: 'burn.echo.v1.EchoService', method: 'Echo' }
  return { target: { url, grpc: call }, step: { request: { message: BODY } }, seen }
}

async function mqtt(qos: 0 | 1): Promise<Target> {
  const broker = await startBroker()
  onTestFinished(() => broker.stop())
  const payload = { json: BODY }
  const step = { request: { publish: { topic: 't', payload, qos } } }
  const reconnect = { base: '1ms', max: '5ms' }
  return { target: { url: broker.url, mqtt: { reconnect } }, step, seen: broker.published }
}

const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  http: () => http(),
  'http shared': () => http({ connection: 'shared', maxConnections: 4 }),
  http2,
  sse,
  'sse subscribe': subscription,
  websocket,
  grpc,
  'mqtt qos 0': () => mqtt(0),
  'mqtt qos 1': () => mqtt(1),
}

const KINDS: readonly (readonly [string, object])[] = [
  ['delay', { delay: '1ms..5ms' }],
  ['duplicate', { duplicate: '1..3', gap: '0ms..5ms' }],
  ['drift', { drift: 'remove', path: '$.repeat' }],
  ['timeout', { timeout: '5ms' }],
  ['status', { status: [500, 429] }],
  ['corrupt', { corrupt: '1..8' }],
  ['truncate', { truncate: '10%..90%' }],
  ['drop', { drop: 'reset', after: '5ms' }],
  ['drop', { drop: 'close', after: '5ms' }],
]

test.each([
  [{ drift: 'add', path: '$.repeat', value: 7 }, { text: 'hi' }, [10, 2, 104, 105, 64, 7]],
  [{ drift: 'rename', path: '$.text', to: 'repeat' }, { text: '5' }, [64, 5]],
  [{ drift: 'retype', path: '$.repeat', value: 9 }, { text: 'hi', repeat: 3 }, [10, 2, 104, 105, 64, 9]],
  [{ drift: 'remove', path: '$.repeat' }, { text: 'hi', repeat: 3 }, [10, 2, 104, 105]],
  // What the proto has no place for, and what is the same once it is encoded.
  [{ drift: 'add', path: '$.other', value: 1 }, { text: 'hi' }, undefined],
  [{ drift: 'rename', path: '$.text', to: 'other' }, { text: 'hi' }, undefined],
  [{ drift: 'retype', path: '$.text' }, { text: 'hi' }, undefined],
  [{ drift: 'retype', path: '$.text', value: 'hi' }, { text: 'hi' }, undefined],
] as const)('gRPC: %j of %j is what its proto has a place for', async (fault, message, bytes) => {
  const { target, seen } = await grpc()
  const { result } = await runScenario({
    ...{ name: 'drift', seed: 'drift', load: [{ iterations: 3, users: 1 }] },
    // What no step could take is refused before the run: over HTTP one could.
    targets: { main: target, other: { url: 'http://127.0.0.1:9' } },
    steps: [
      { request: { message }, target: 'main' },
      { if: 'false', then: [{ request: { path: '/' }, target: 'other' }] },
    ],
    faults: [{ ...fault, probability: '100%' }],
  } as unknown as RunInput)
  expect(result.faults?.kinds[0]).toMatchObject({ drawn: 3, injected: bytes === undefined ? 0 : 3 })
  const whole = [10, 2, 104, 105]
  expect(seen).toEqual(Array(3).fill(Buffer.from(bytes ?? whole).toString('latin1')))
})

/** Every kind, and none that hits. */
const NEVER = [
  ...KINDS.map(([, entry]) => entry),
  ...[{ latency: '1s' }, { bandwidth: '1B/s' }, { slice: 1, gap: '1s' }, { slowClose: '1s' }],
  ...[{ blackHole: true }, { resetAfter: '0B' }, { refuse: true }],
].map((entry) => ({ ...entry, probability: '0%' }))

test.each(shareOf(Object.entries(TARGETS)))(
  '%s: with probability 0 the target sees the same bytes, and the result is the same, as without faults',
  async (protocol, start) => {
    const run = async (faults: readonly object[] | undefined) => {
      const { target, step, seen } = await start()
      const users = protocol === 'sse subscribe' ? 1 : 3
      const { result } = await runScenario(
        {
          ...{ name: 'never', seed: protocol, target, steps: [{ name: 'send', ...step }] },
          load: [{ iterationsPerUser: 10, users }],
          ...(faults && { faults }),
        } as unknown as RunInput,
        { allowLag: true },
      )
      const { counts, counters } = result.total
      const { connectionMetrics: connections, errors, tags, wireFaults, verdict } = result
      return {
        ...{ counts, ok: counters.ok, sent: counters.bytesSent, errors, tags, wireFaults, verdict },
        connections: connections.totalConnections,
        seen: seen.map((payload) => JSON.stringify(payload)).sort(),
      }
    }
    const without = await run(undefined)
    expect(without.seen.length).toBeGreaterThanOrEqual(10)
    expect(new Set(without.seen).size).toBe(without.seen.length)
    expect(await run(NEVER)).toEqual(without)
  },
)

test.each([
  ['gRPC', async () => withOptions(await grpc(), 'grpc', { channel: 'shared' })],
  ['HTTP/2', async () => withOptions(await http2(), 'http', { streams: 4 })],
  ['HTTP/1.1', async () => withOptions(await http(), 'http', { connection: 'shared', maxConnections: 2 })],
] as const)('a drop on shared connections of %s is put down to the fault by all who lose by it', async (_name, start) => {
  const { target, step } = await start()
  const { result } = await runScenario(
    {
      name: 'shared',
      seed: 'shared',
      target,
      load: [{ iterations: 80, users: 8 }],
      steps: [{ name: 'send', ...step }],
      faults: [{ drop: 'reset', after: '5ms', probability: '10%' }],
    } as unknown as RunInput,
    { allowLag: true },
  )
  expect([...new Set(result.errors.map(({ class: name }) => name))]).toEqual(['injected_drop'])
  expect(result.errorRate).toBe(0)
})

test.each(shareOf(['http2', 'sse', 'sse subscribe', 'websocket', 'grpc', 'mqtt qos 1']))(
  '%s: after a reply, a drop hits nothing: the next request goes over another connection',
  async (protocol) => {
    const made = await TARGETS[protocol]?.()
    const { attempts } = await runScenario(
      {
        name: 'late drops',
        seed: protocol,
        target: made?.target,
        load: [{ iterations: 40, users: 1 }],
        steps: [{ name: 'send', ...made?.step }],
        faults: [{ drop: 'close', after: '40ms', probability: '50%' }],
      } as unknown as RunInput,
      { allowLag: true },
    )
    const hit = attempts.filter(({ exchange }) => exchange.fault === undefined && exchange.outcome !== 'ok')
    expect(hit.map(({ exchange }) => exchange.failure)).toEqual([])
  },
)

function withOptions(made: Target, protocol: 'grpc' | 'http', options: object): Target {
  const target = made.target as Record<string, object>
  return { ...made, target: { ...target, [protocol]: { ...target[protocol], ...options } } }
}

const CASES = Object.entries(TARGETS).flatMap(([protocol, start]) =>
  KINDS.map(([kind, entry]) => ({ protocol, start, kind, entry })),
)

test.each(shareOf(CASES))(
  '$protocol, $kind $entry: the target sees what the result says',
  async ({ protocol, start, kind, entry }) => {
    const { target, step, seen } = await start()
    const { result, attempts } = await runScenario(
      {
        name: 'faults',
        seed: protocol,
        target,
        load: [{ iterations: 60, users: protocol === 'sse subscribe' ? 1 : 3 }],
        steps: [{ name: 'send', ...step }],
        faults: [{ ...entry, probability: '30%' }],
      } as unknown as RunInput,
      { allowLag: true },
    )
    const counts = result.faults?.kinds[0]
    expect(counts).toMatchObject({ offered: 60, cut: 0 })
    expect(counts?.injected).toBeGreaterThan(6)
    expect(counts?.injected).toBe(counts?.drawn)
    expect(attempts.filter(({ exchange }) => exchange.fault === kind)).toHaveLength(counts?.injected ?? -1)
    await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(result.faults?.sent ?? 0))
    expect(seen).toHaveLength(result.faults?.sent ?? -1)
    expect(
      result.errors.map((group) => `${group.class}: ${group.sample}`).filter((text) => !text.startsWith('injected_')),
    ).toEqual([])
    expect(result.total.counts).toMatchObject({ planned: 60, failed: result.faults?.failures })
    expect(result.errorRate).toBe(0)
    if (kind === 'drop') expect(result.connectionMetrics.lostConnections).toBe(counts?.injected)
    if (kind === 'drop') expect(result.connectionMetrics.reconnectionCount).toBeGreaterThan(0)
  },
)
