import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { runScenario } from '../support/run.ts'

/** A chat over HTTP/2 whose paths are faults. */
class H2Server {
  readonly sessions: ServerHttp2Session[] = []
  requests = 0
  url = ''
  private readonly server: Http2Server

  constructor(secure?: { key: string; cert: string }) {
    this.server = secure ? (createSecureServer(secure) as unknown as Http2Server) : createServer()
    this.server.on('session', (session) => this.sessions.push(session))
    this.server.on('stream', (stream, headers) => this.serve(stream, String(headers[':path'])))
  }

  async start(scheme: 'http' | 'https'): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `${scheme}://localhost:${(this.server.address() as AddressInfo).port}`
    return this
  }

  stop(): void {
    for (const session of this.sessions) session.destroy()
    this.server.close()
  }

  private serve(stream: ServerHttp2Stream, path: string): void {
    this.requests += 1
    stream.on('error', () => {})
    stream.resume()
    if (path === '/rst') {
      stream.close(2)
      return
    }
    stream.respond({ ':status': path === '/503' ? 503 : 200, 'content-type': 'application/json' })
    if (path === '/half') {
      stream.write('{"reply":')
      setImmediate(() => stream.destroy(new Error('half')))
    } else if (path === '/destroy') {
      stream.write('{"reply":')
      setImmediate(() => stream.session?.destroy())
    } else if (path === '/cut') stream.end('{"reply":')
    else if (path === '/goaway') {
      if (this.requests % 3 === 0) stream.session?.goaway(0)
      stream.end('{"reply":"hello"}')
    } else stream.end('{"reply":"hello"}')
  }
}

let server: H2Server
let certificates: TestCertificates

beforeAll(() => {
  certificates = testCertificates()
})
afterEach(() => server.stop())

const run = (url: string, http: object, load: object, tls: object = {}) =>
  runScenario({
    name: 'h2',
    target: { url, http: { version: '2', ...http }, tls, timeouts: { total: '3s' } },
    // The shapes of a load are many; a test gives one of them.
    load: [load as { iterations: number }],
    steps: [{ message: 'hi' }],
  })

describe('clear text with prior knowledge', () => {
  test('a connection for each user', async () => {
    server = await new H2Server().start('http')
    const { result, attempts } = await run(`${server.url}/ok`, {}, { iterationsPerUser: 5, users: 4 })
    expect(result.total.counts).toMatchObject({ planned: 20, ok: 20 })
    expect([server.requests, server.sessions.length]).toEqual([20, 4])
    expect(attempts.filter(({ exchange }) => exchange.connect !== undefined)).toHaveLength(4)
    expect(result.connectionMetrics).toMatchObject({ successfulConnections: 4, openConnections: 0 })
  })

  test('users share connections with a number of streams on each', async () => {
    server = await new H2Server().start('http')
    const { result } = await run(`${server.url}/ok`, { streams: 10 }, { iterationsPerUser: 5, users: 20 })
    expect(result.total.counts).toMatchObject({ planned: 100, ok: 100 })
    expect(server.requests).toBe(100)
    expect(server.sessions.length).toBeLessThanOrEqual(3)
  })

  test.each([
    ['/rst', 'reset', 'headers', 'RST_INTERNAL_ERROR'],
    ['/half', 'reset', 'stream', 'RST_INTERNAL_ERROR'],
    ['/cut', 'bad_json', 'first_token', undefined],
    ['/503', 'http_status', 'headers', undefined],
  ])('%s is %s in %s', async (path, failureClass, phase, code) => {
    server = await new H2Server().start('http')
    const { result, attempts } = await run(server.url + path, {}, { iterations: 3 })
    expect(result.total.counts).toMatchObject({ planned: 3, failed: 3 })
    expect(server.requests).toBe(3)
    for (const { exchange } of attempts)
      expect(exchange.failure).toMatchObject({ class: failureClass, phase, ...(code ? { code } : {}) })
  })

  test('a session destroyed in mid-reply is never ok', async () => {
    server = await new H2Server().start('http')
    const { result } = await run(`${server.url}/destroy`, {}, { iterations: 4 })
    expect(result.total.counts).toMatchObject({ planned: 4, ok: 0, failed: 4 })
    expect(result.errors.map((group) => group.class)).toEqual(['closed_early'])
  })

  test('after GOAWAY what is in flight finishes and the next request takes a new connection', async () => {
    server = await new H2Server().start('http')
    const { result } = await run(`${server.url}/goaway`, {}, { iterations: 9 })
    expect(result.total.counts).toMatchObject({ planned: 9, ok: 9 })
    expect([server.requests, server.sessions.length]).toEqual([9, 3])
  })
})

describe('TLS', () => {
  test('h2 by ALPN', async () => {
    server = await new H2Server(certificates.good).start('https')
    const { result } = await run(`${server.url}/ok`, {}, { iterations: 3 }, { ca: certificates.caFile })
    expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
    expect(server.sessions).toHaveLength(1)
  })
})
