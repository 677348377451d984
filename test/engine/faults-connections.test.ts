/** Whole runs over connections that end, or never get safe: each fault has its class, its phase and its count. */
import type { Socket } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { FILE_OPTIONS } from '../../src/report/text/reporter.ts'
import { cutProxy } from '../servers/cut-proxy.ts'
import { type Fault, reply } from '../servers/http-faults.ts'
import { tcpServer } from '../servers/tcp.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { reporters } from '../support/reporters.ts'
import { runScenario } from '../support/run.ts'
import { allEnded, failuresOf } from './run-counts.ts'
import { faulty } from './targets.ts'

const ATTEMPTS = 6
const load = [{ users: 2, iterations: ATTEMPTS }]
const get = (path = '/') => [{ request: { method: 'GET', path } }]
/** Connection metrics of a run none of whose connections was made. */
const NONE_MADE = { totalConnections: ATTEMPTS, successfulConnections: 0, failedConnections: ATTEMPTS, openConnections: 0 }

let certificates: TestCertificates
beforeAll(() => {
  certificates = testCertificates()
})

describe('TLS', () => {
  test.each([
    ['expired', 'tls_expired'],
    ['wrongHost', 'tls_hostname'],
    ['selfSigned', 'tls_untrusted'],
  ] as const)('a certificate that is %s: nothing is sent', async (name, failureClass) => {
    const server = await faulty({}, { tls: certificates[name] })
    const { result } = await runScenario({
      name: 'certificate',
      target: { url: server.url, tls: { ca: certificates.caFile } },
      load,
      steps: get('/ok'),
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([[failureClass, 'tls', ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    expect([server.seen.length, result.total.bytesSent]).toEqual([0, 0])
    expect(result.errors[0]?.hint).toMatch(/tls\.(ca|servername|insecure)/)
  })

  test.each([
    ['a port without TLS', (socket: Socket) => void socket.end(reply('', {}, '400 Bad Request')), 'tls_protocol'],
    ['an end instead of an answer', (socket: Socket) => void socket.resume().end(), 'reset'],
  ])('%s', async (_, onSocket, failureClass) => {
    const server = await tcpServer(onSocket)
    const { result } = await runScenario({
      name: 'no TLS',
      target: { url: `https://127.0.0.1:${server.port}` },
      load,
      steps: get(),
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([[failureClass, 'tls', ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    expect(server.accepted()).toBe(ATTEMPTS)
  })

  test.each([
    ['first', true, false],
    ['second', false, true],
  ])('insecure: true of the %s of two targets holds for it alone, and every report says so', async (_, one, two) => {
    const [a, b] = [await faulty({}, { tls: certificates.selfSigned }), await faulty({}, { tls: certificates.selfSigned })]
    const { result } = await runScenario({
      name: 'insecure',
      targets: { one: { url: a.url, tls: { insecure: one } }, two: { url: b.url, tls: { insecure: two } } },
      load: [{ users: 1, iterations: 3 }],
      flows: [
        {
          name: 'both',
          steps: [
            { ...get('/ok')[0], target: 'one' },
            { ...get('/ok')[0], target: 'two' },
          ],
        },
      ],
    })
    expect(result.target.map(({ name, insecureTls }) => [name, insecureTls])).toEqual([
      ['one', one],
      ['two', two],
    ])
    expect(result.total.counts).toEqual(allEnded(3, 3))
    expect(failuresOf(result)).toEqual([['tls_untrusted', 'tls', 3]])
    expect([a.seen.length, b.seen.length]).toEqual(one ? [3, 0] : [0, 3])
    expect(reporters.console.render(result, FILE_OPTIONS).split('TLS not checked')).toHaveLength(2)
    expect(reporters.md.render(result, FILE_OPTIONS).split('TLS not checked')).toHaveLength(2)
    expect(JSON.parse(reporters.json.render(result, FILE_OPTIONS)).target[one ? 0 : 1].insecureTls).toBe(true)
  })
})

describe('a reply whose end is the end of its connection', () => {
  const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
  const SSE = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'
  const cut = { now: () => {} }
  // A reset throws away what its reader has not taken yet: the immediate lets it take that first.
  const ways: Record<string, (body: string) => Fault> = {
    end: (body) => (socket) => void socket.end(body),
    reset: (body) => (socket) =>
      void socket.write(body, () => setTimeout(() => setImmediate(() => socket.resetAndDestroy()), 20)),
    cut: (body) => (socket) => void socket.write(body, () => setTimeout(() => cut.now(), 20)),
  }

  test.each([
    ['http', 'end', `${SSE}${EVENT}data: [DONE]\n\n`, undefined],
    ['http', 'end', SSE + EVENT, 'closed_early'],
    ['http', 'reset', SSE + EVENT, 'reset'],
    ['https', 'end', `${SSE}${EVENT}data: [DONE]\n\n`, undefined],
    ['https', 'end', SSE + EVENT, 'closed_early'],
    ['https', 'reset', SSE + EVENT, 'reset'],
    // the TCP connection ends, and TLS has not said so
    ['https', 'cut', SSE + EVENT, 'closed_early'],
  ])('%s, %s: %j is %s', async (scheme, way, body, failureClass) => {
    const server = await faulty({ '/': ways[way]?.(body) ?? (() => {}) }, scheme === 'https' ? { tls: certificates.good } : {})
    const proxy = await cutProxy(server.port)
    onTestFinished(() => proxy.stop())
    cut.now = proxy.cut
    const { result, attempts } = await runScenario({
      name: 'framed by close',
      target: {
        preset: 'openai-chat',
        url: `${scheme}://127.0.0.1:${way === 'cut' ? proxy.port : server.port}/`,
        tls: { ca: certificates.caFile },
      },
      load: [{ users: 1, iterations: ATTEMPTS }],
      steps: [{ message: 'x' }],
    })
    expect(result.total.counts).toEqual(failureClass ? allEnded(0, ATTEMPTS) : allEnded(ATTEMPTS, 0))
    expect(failuresOf(result)).toEqual(failureClass ? [[failureClass, 'stream', ATTEMPTS]] : [])
    expect(attempts.map(({ exchange }) => exchange.text)).toEqual(Array(ATTEMPTS).fill('a'))
    expect([server.seen.length, server.connections()]).toEqual([ATTEMPTS, ATTEMPTS])
  })

  test.each([
    ['plain text, without a length', 'HTTP/1.1 200 OK\r\n\r\nhello', 'unverified_end'],
    ['five of ten bytes', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', 'closed_early'],
  ])('TLS that ends unannounced: %s is %3$s', async (_, body, mark) => {
    const server = await faulty({ '/': ways.cut?.(body) ?? (() => {}) }, { tls: certificates.good })
    const proxy = await cutProxy(server.port)
    onTestFinished(() => proxy.stop())
    cut.now = proxy.cut
    const { result } = await runScenario({
      name: 'cut',
      target: { url: `https://127.0.0.1:${proxy.port}/`, tls: { ca: certificates.caFile } },
      load: [{ users: 1, iterations: ATTEMPTS }],
      steps: get(),
    })
    const odd = mark === 'unverified_end'
    expect(result.total.counts).toEqual(odd ? allEnded(ATTEMPTS, 0) : allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual(odd ? [] : [[mark, 'stream', ATTEMPTS]])
    expect(result.warnings).toEqual(odd ? { [mark]: ATTEMPTS } : {})
  })
})

describe.each(['user', 'shared'] as const)('kept connections, one for each %s', (connection) => {
  const run = (url: string, path: string) =>
    runScenario({
      name: 'race',
      target: { url, http: { connection } },
      load: [{ users: 1, iterations: 10 }],
      steps: [...get(path), { delay: '20ms' }],
    })

  test.each([
    ['with a reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['with a FIN', (socket: Socket) => void socket.end()],
  ])(
    'the server ends one %s as the next request comes: reset, told to be of a used connection, never sent twice',
    async (_, close) => {
      const used = new Set<number>()
      const server = await faulty({
        '/race': (socket, { connection: number }) => {
          if (used.has(number)) close(socket)
          else socket.write(reply('ok'))
          used.add(number)
        },
      })
      const { result } = await run(server.url, '/race')
      expect(result.total.counts).toEqual(allEnded(5, 5))
      expect(failuresOf(result)).toEqual([['reset', 'headers', 5]])
      expect(result.errors.map(({ onReused }) => onReused)).toEqual([5])
      expect([server.seen.length, server.connections()]).toEqual([10, 5])
      expect(result.connectionMetrics).toMatchObject({
        totalConnections: 5,
        lostConnections: 5,
        lostInFlight: 5,
        openConnections: 0,
      })
    },
  )

  test('the server ends one between two requests: the next goes over another, and nothing fails', async () => {
    const server = await faulty({ '/then-end': (socket) => void socket.end(reply('ok')) })
    const { result } = await run(server.url, '/then-end')
    expect(result.total.counts).toEqual(allEnded(10, 0))
    expect([server.seen.length, server.connections()]).toEqual([10, 10])
    expect(result.connectionMetrics).toMatchObject({ totalConnections: 10, lostInFlight: 0, openConnections: 0 })
  })
})
