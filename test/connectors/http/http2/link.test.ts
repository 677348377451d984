/** Connections of HTTP/2 that end, hang, refuse or are closed: what becomes of the requests, and what is counted. */
import { createSecureServer } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { http } from '../../../../src/connectors/http.ts'
import { listen } from '../../../servers/http-faults.ts'
import {
  data,
  goaway,
  head,
  maxStreams,
  type RawHttp2Server,
  type RawRequest,
  rawHttp2,
  rst,
} from '../../../servers/http2-raw.ts'
import { type TestCertificates, testCertificates } from '../../../servers/tls.ts'
import { runScenario } from '../../../support/run.ts'
import { addressOf, eventLog, openContext, trial } from '../../contract.ts'

let server: RawHttp2Server | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

const REFUSED = 7
const ok = (stream: number) => Buffer.concat([head(stream), data(stream, 'ok', true)])
const answer = ({ socket, stream }: RawRequest) => void socket.write(ok(stream))

type Load = { readonly users: number } & ({ readonly iterations: number } | { readonly iterationsPerUser: number })

function run(url: string, load: Load, http: object = {}) {
  return runScenario({
    name: 'h2',
    target: { protocol: 'http', url, http: { version: '2', ...http }, timeouts: { connect: '20s', total: '20s' } },
    load: [load],
    steps: [{ request: { method: 'POST', json: { say: 'hi' } } }],
  })
}

describe('requests that a server gives back move to another connection', () => {
  test('GOAWAY: those above the last stream move, those below finish, and both counts are the same', async () => {
    // every connection takes three requests; whoever comes after is ignored, as nginx does
    let taken = 0
    server = await rawHttp2(({ socket, stream, nth }) => {
      if (nth > 3) return
      taken += 1
      if (nth === 3) socket.write(goaway(stream, 0))
      setTimeout(() => socket.write(ok(stream)), 5)
    })
    const { result, attempts } = await run(server.url, { users: 20, iterations: 300 }, { streams: 10 })
    expect(result.total.counts).toMatchObject({ planned: 300, ok: 300, failed: 0 })
    expect(taken).toBe(300)
    const moves = attempts.flatMap(({ exchange }) => exchange.warnings)
    expect(new Set(moves)).toEqual(new Set(['moved_goaway']))
    // each sending that was not taken is a move; some had not left this side
    expect(moves.length).toBeGreaterThanOrEqual(server.heads() - taken)
    expect(result.warnings).toEqual({ moved_goaway: moves.length })
    expect(result.connectionMetrics).toMatchObject({ openConnections: 0, lostInFlight: 0, failedConnections: 0 })
    expect(result.connectionMetrics.goaways).toBeGreaterThanOrEqual(100 - 3)
  })

  test('the time of the sending that counted is the one that is kept', async () => {
    let secondAt = Number.NaN
    server = await rawHttp2(({ socket, connection, stream }) => {
      if (connection === 1) setTimeout(() => socket.write(goaway(0, 0)), 60)
      else {
        secondAt = performance.now()
        socket.write(ok(stream))
      }
    })
    const startedAt = performance.now()
    const { attempts } = await run(server.url, { users: 1, iterations: 1 })
    const [{ exchange } = {}] = attempts
    expect(exchange?.outcome).toBe('ok')
    expect((exchange?.sentAt ?? 0) - startedAt).toBeGreaterThanOrEqual(55)
    expect(exchange?.sentAt).toBeLessThanOrEqual(secondAt)
    expect(exchange?.reused).toBe(false)
    expect(exchange?.bytesSent).toBe('{"say":"hi"}'.length)
    expect(server.requests()).toBe(2)
  })

  test('REFUSED_STREAM moves to a connection that has not refused it, and ends after three moves', async () => {
    server = await rawHttp2(({ socket, stream }) => void socket.write(rst(stream, REFUSED)))
    const { result, attempts } = await run(server.url, { users: 1, iterations: 3 })
    expect(result.total.counts).toMatchObject({ planned: 3, failed: 3 })
    for (const { exchange } of attempts) {
      expect(exchange.failure).toMatchObject({ class: 'refused_stream', phase: 'send', code: 'RST_REFUSED_STREAM' })
      expect(exchange.warnings).toEqual(['moved_refused', 'moved_refused', 'moved_refused'])
      expect([exchange.sentAt, exchange.bytesSent]).toEqual([Number.NaN, 0])
    }
    // the connections are used again: refusals do not pile them up
    expect([server.heads(), server.connections()]).toEqual([12, 4])
    expect(result.errors[0]?.hint).toContain('HTTP/2')
  })

  test('a server with a bound on streams gets no more than it allows, over more connections', async () => {
    const open = new Map<number, number>()
    let most = 0
    const settle = ({ socket, connection, stream }: RawRequest) => {
      if (socket.destroyed) return
      open.set(connection, (open.get(connection) ?? 0) - 1)
      socket.write(ok(stream))
    }
    server = await rawHttp2(
      (request) => {
        const now = (open.get(request.connection) ?? 0) + 1
        if (now > 2) request.socket.write(rst(request.stream, REFUSED))
        else {
          most = Math.max(most, now)
          open.set(request.connection, now)
          setTimeout(settle, 5, request)
        }
      },
      { settings: maxStreams(2) },
    )
    const { result } = await run(server.url, { users: 8, iterations: 80 }, { streams: 8 })
    expect(result.total.counts).toMatchObject({ planned: 80, ok: 80 })
    expect(most).toBe(2)
    expect(server.heads()).toBe(80 + (result.warnings.moved_refused ?? 0))
    // only what was sent before the bound was known was refused
    expect(result.warnings.moved_refused ?? 0).toBeLessThanOrEqual(20)
  })
})

describe('losses', () => {
  test('a kept connection that ends as the next request comes is reset, by a FIN too', async () => {
    server = await rawHttp2(({ socket, stream, nth }) => void (nth === 1 ? socket.write(ok(stream)) : socket.end()))
    const { result, attempts } = await run(server.url, { users: 1, iterations: 4 })
    const told = attempts.map(({ exchange: { outcome, failure, reused } }) => [outcome, failure?.class, failure?.phase, reused])
    const pair = [
      ['ok', undefined, undefined, false],
      ['failed', 'reset', 'headers', true],
    ]
    expect(told).toEqual([...pair, ...pair])
    expect(server.requests()).toBe(4)
    expect(result.connectionMetrics).toMatchObject({ reconnectionCount: 1, lostInFlight: 2, openConnections: 0 })
  })

  test('in-flight exchanges are counted, and the connection that comes after is a reconnection', async () => {
    server = await rawHttp2(({ socket, connection, stream, nth }) => {
      if (connection > 1) socket.write(ok(stream))
      else if (nth === 5) socket.resetAndDestroy()
    })
    const { result } = await run(server.url, { users: 5, iterations: 20 }, { streams: 5 })
    expect(result.total.counts).toMatchObject({ planned: 20, ok: 15, failed: 5 })
    expect(server.requests()).toBe(20)
    expect(result.connectionMetrics).toMatchObject({
      totalConnections: 2,
      reconnectionCount: 1,
      lostInFlight: 5,
      openConnections: 0,
    })
    expect(result.connectionMetrics.recoveryTime?.count).toBe(1)
  })

  test.each([
    ['GOAWAY(INTERNAL_ERROR)', goaway(1, 2)],
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('%s after a reply leaves no connection open', async (_, frames) => {
    server = await rawHttp2(({ socket, stream }) => void socket.write(Buffer.concat([ok(stream), frames])))
    // one request for each connection: another could be on its way when the connection breaks
    const { result } = await run(server.url, { users: 3, iterationsPerUser: 1 })
    expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
    expect(result.connectionMetrics).toMatchObject({ successfulConnections: 3, openConnections: 0, lostInFlight: 0 })
  })
})

describe('a dial that hangs', () => {
  let certificates: TestCertificates
  beforeAll(() => {
    certificates = testCertificates()
  })

  /** TLS that begins to answer after `waitMs` on the first connection; never when that is undefined. */
  async function slowTls(waitMs: number | undefined, hangs: (connection: number) => boolean) {
    let requests = 0
    let connections = 0
    const sockets = new Set<Socket>()
    const tls = createSecureServer({ ...certificates.good })
    tls.on('stream', (stream) => {
      requests += 1
      stream.on('error', () => {})
      stream.resume()
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
    tls.on('sessionError', () => {})
    tls.on('tlsClientError', () => {})
    const front = createServer((socket) => {
      connections += 1
      sockets.add(socket.on('error', () => {}))
      socket.once('close', () => sockets.delete(socket))
      if (!hangs(connections)) tls.emit('connection', socket)
      else if (waitMs === undefined) socket.resume()
      else {
        socket.pause()
        setTimeout(() => tls.emit('connection', socket), waitMs)
      }
    })
    const port = await listen(front)
    const stop = () => {
      for (const socket of sockets) socket.destroy()
      tls.close()
      front.close()
    }
    return {
      url: `https://localhost:${port}`,
      requests: () => requests,
      connections: () => connections,
      open: () => sockets.size,
      stop,
    }
  }

  /** Each user sends `requests` requests. Only the first has little time to connect: a busy machine may be slow with the handshake of the others. */
  const hanging = (url: string, users: number, requests: number, http: object) => {
    const request = { method: 'POST' as const, json: { say: 'hi' } }
    return runScenario({
      name: 'h2',
      target: {
        protocol: 'http',
        url,
        http: { version: '2', ...http },
        tls: { ca: certificates.caFile },
        timeouts: { connect: '20s', total: '20s' },
      },
      load: [{ users, iterationsPerUser: 1 }],
      steps: [{ request, timeouts: { connect: '150ms' } }, ...Array(requests - 1).fill({ request })],
    })
  }

  test.each([
    ['a connection for each user', {}],
    ['shared streams', { streams: 10 }],
  ])('nothing is sent for an attempt that has failed: %s', async (_, http) => {
    const slow = await slowTls(400, (connection) => connection === 1)
    const { result, attempts } = await hanging(slow.url, 1, 5, http)
    await vi.waitFor(() => expect(slow.open()).toBe(0))
    slow.stop()
    expect(result.total.counts).toMatchObject({ planned: 5, ok: 4, failed: 1 })
    expect(attempts[0]?.exchange.failure).toMatchObject({ class: 'connect_timeout', phase: 'connect' })
    expect([slow.requests(), slow.connections()]).toEqual([4, 2])
    expect(result.connectionMetrics).toMatchObject({ failedConnections: 1, successfulConnections: 1, openConnections: 0 })
  })

  test('a shared dial that never ends is not chosen again, whoever else still waits for it', async () => {
    const never = await slowTls(undefined, (connection) => connection === 1)
    const { result } = await hanging(never.url, 4, 10, { streams: 10 })
    await vi.waitFor(() => expect(never.open()).toBe(0))
    never.stop()
    expect(result.total.counts).toMatchObject({ planned: 40, ok: 36, failed: 4 })
    expect([never.requests(), never.connections()]).toEqual([36, 2])
    expect(result.connectionMetrics).toMatchObject({ failedConnections: 1, totalConnections: 2, openConnections: 0 })
  })

  test('one that comes up late serves those who still wait for it', async () => {
    server = await rawHttp2(answer)
    const slow = await slowTls(100, (connection) => connection === 1)
    const options = http.options.parse({ version: '2', streams: 2 })
    const { events, log } = eventLog()
    const address = addressOf(slow.url, { tls: { ca: certificates.caFile } })
    const request = http.fromMessage({ say: 'hi' }, address, options)
    const connection = await http.open(options, openContext(address, { events }))
    const [early, late, next] = [trial(), trial(), trial()]
    connection.send(request, early.exchange)
    connection.send(request, late.exchange)
    early.exchange.fail('connect_timeout', 'connect', 'the deadline passed')
    connection.cancel(early.exchange)
    connection.send(request, next.exchange)
    expect((await next.settled).outcome).toBe('ok')
    expect((await late.settled).outcome).toBe('ok')
    await connection.close()
    slow.stop()
    expect([slow.requests(), slow.connections()]).toEqual([2, 2])
    expect(log).toEqual(['opened', 'opened', 'closed', 'closed'])
  })
})

describe('a reply that has what it needs before its stream ends', () => {
  const FRAME = 'data: [DONE]'

  test('the next request goes over the same connection, and the rest is not waited for', async () => {
    // the end of the stream comes with the next request, or not at all
    server = await rawHttp2(({ socket, stream }) => void socket.write(Buffer.concat([head(stream), data(stream, FRAME)])))
    const options = http.options.parse({ version: '2' })
    const address = addressOf(server.url)
    const connection = await http.open(options, openContext(address))
    for (let n = 0; n < 3; n += 1) {
      const one = trial(FRAME)
      connection.send(http.fromMessage({ say: 'hi' }, address, options), one.exchange)
      expect([(await one.settled).outcome, one.exchange.reused]).toEqual(['ok', n > 0])
    }
    expect(server.connections()).toBe(1)
    await vi.waitFor(() => expect(server?.resets()).toBe(3), { timeout: 5000 })
    expect(server.openSockets()).toBe(1)
    await connection.close()
  })
})
