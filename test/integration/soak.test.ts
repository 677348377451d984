/** Two hundred users over each protocol lose and duplicate nothing: each attempt has an id, and the server must see each id once. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectAsync } from 'mqtt'
import { expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { ECHO } from '../servers/grpc-echo.ts'
import { grpcServer, protoFile, serviceOf } from '../servers/grpc-server.ts'
import { runScenario } from '../support/run.ts'
import { mosquitto } from './mosquitto.ts'

const USERS = 200
const SECONDS = Number(process.env.BURN_TEST_SOAK_SECONDS ?? 4)

/** A server that counts how often it saw each id. */
interface Peer {
  readonly target: object
  /** The step that sends `{{user.id}}-{{iteration.index}}`. */
  readonly step: object
  readonly seen: Map<string, number>
  stop(): Promise<unknown>
}

const ID = '{{user.id}}-{{iteration.index}}'

function counter() {
  const seen = new Map<string, number>()
  return { seen, count: (id: string) => void seen.set(id, (seen.get(id) ?? 0) + 1) }
}

async function httpPeer(answer: (response: ServerResponse, id: string) => void, target: object): Promise<Peer> {
  const { seen, count } = counter()
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = ''
    for await (const piece of request) body += String(piece)
    const { id } = JSON.parse(body) as { id: string }
    count(id)
    answer(response, id)
  })
  server.keepAliveTimeout = 600_000
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    target: { url: `http://127.0.0.1:${port}/`, ...target },
    step: { request: { method: 'POST', json: { id: ID } }, expect: [{ contains: ID }] },
    seen,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

const PEERS: Readonly<Record<string, () => Promise<Peer>>> = {
  http: () => httpPeer((response, id) => response.end(JSON.stringify({ id })), { protocol: 'http' }),
  sse: async () => {
    const answer = (response: ServerResponse, id: string) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"delta":"re "}\n\n')
      setImmediate(() => response.end(`data: {"delta":"${id}"}\n\ndata: [DONE]\n\n`))
    }
    const target = {
      protocol: 'sse',
      request: { structure: {}, messagePath: '$.id' },
      response: { delta: '$.delta', end: { data: '[DONE]' } },
    }
    return { ...(await httpPeer(answer, target)), step: { message: ID, expect: [{ contains: ID }] } }
  },
  async websocket() {
    const { seen, count } = counter()
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    server.on('connection', (socket) =>
      socket.on('message', (data) => {
        count(String(data))
        socket.send(`re ${data}`)
      }),
    )
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // it listens on TCP
    const stop = () => new Promise((resolve) => server.close(resolve))
    return { target: { url: `ws://127.0.0.1:${port}/` }, step: { request: { text: ID }, expect: [{ contains: ID }] }, seen, stop }
  },
  async grpc() {
    const { seen, count } = counter()
    const echo = {
      Echo(call: { request: { text: string } }, reply: (error: null, message: object) => void) {
        count(call.request.text)
        reply(null, call.request)
      },
    }
    const { Echo } = serviceOf('echo.proto', ECHO)
    if (!Echo) throw new Error('the service has an Echo')
    const server = await grpcServer([[{ Echo }, echo]])
    return {
      target: { url: server.url, grpc: { service: ECHO, method: 'Echo', proto: protoFile('echo.proto') } },
      step: { request: { message: { text: ID } }, expect: [{ contains: ID }] },
      seen,
      stop: () => server.stop(),
    }
  },
  'mqtt 3.1.1': () => mqttPeer(4),
  'mqtt 5': () => mqttPeer(5),
}

/** Mosquitto, and a subscriber that counts what arrives there. */
async function mqttPeer(version: 4 | 5): Promise<Peer> {
  const { seen, count } = counter()
  const broker = await mosquitto()
  await broker.start()
  const witness = await connectAsync(broker.url, { protocolVersion: 5 })
  witness.on('message', (_topic, payload) => count(payload.toString()))
  await witness.subscribeAsync('soak', { qos: 2 })
  return {
    target: { url: broker.url, protocol: 'mqtt', mqtt: { version } },
    step: { request: { publish: { topic: 'soak', payload: ID, qos: 2 } } },
    seen,
    async stop() {
      await witness.endAsync(true)
      await broker.remove()
    },
  }
}

test.each(Object.keys(PEERS))(
  `%s: ${USERS} users, ${SECONDS} s, lose and duplicate nothing`,
  async (name) => {
    const peer = await PEERS[name]?.()
    if (!peer) throw new Error('there is such a peer')
    // Server and users share this process, and may share the machine: 200 connections at once can take a while.
    const target = { ...peer.target, timeouts: { connect: '60s' } }
    const { result } = await runScenario(
      { name, target, load: [{ users: USERS, for: `${SECONDS}s`, pace: '5/s' }], steps: [peer.step] } as never,
      { keep: false },
    )
    const { started, ok, failed, cut } = result.total.counts
    // What went wrong comes first: of what failed, nobody knows whether it arrived.
    expect({ failed, cut, errors: result.errors }).toEqual({ failed: 0, cut: 0, errors: [] })
    await vi.waitFor(() => expect(peer.seen.size).toBe(started))
    await peer.stop()
    const twice = [...peer.seen.values()].filter((times) => times !== 1).length
    console.log(
      `${name}: ${started} attempts, ${ok} ok, ${failed} failed, ${cut} cut; ${peer.seen.size} ids seen, ${twice} more than once`,
    )
    expect({ ok, twice }).toEqual({ ok: started, twice: 0 })
    // How many more depends on the machine.
    expect(started).toBeGreaterThan(USERS * Math.min(20, 2.5 * SECONDS))
    expect(result.connectionMetrics).toMatchObject({ openConnections: 0 })
  },
  SECONDS * 1000 + 60_000,
)
