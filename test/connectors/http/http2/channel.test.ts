/** What an HTTP/2 server allows is known before the first flight; and replies with more headers than are usual, or than are taken. */
import { createServer as createHttp2 } from 'node:http2'
import { expect, onTestFinished, test } from 'vitest'
import { http } from '../../../../src/connectors/http.ts'
import { listen } from '../../../servers/http-faults.ts'
import { data, frame, head, maxStreams, type RawRequest, rawHttp2 } from '../../../servers/http2-raw.ts'
import { tcpServer } from '../../../servers/tcp.ts'
import { runScenario } from '../../../support/run.ts'
import { addressOf, openContext, trial } from '../../contract.ts'

const SETTINGS = 4
const NOTHING = Buffer.alloc(0)
const whole = (stream: number) => Buffer.concat([head(stream), data(stream, 'ok', true)])

/** Runs requests over HTTP/2. Only a server that never greets needs a short time to connect: a busy machine may be slow to. */
function run(url: string, load: object, http: object = {}, path = '/', connect: `${number}ms` = '20000ms') {
  return runScenario({
    name: 'h2',
    target: { protocol: 'http', url, http: { version: '2', ...http }, timeouts: { connect, total: '20s' } },
    load: [load as { iterations: number }],
    steps: [{ request: { path, method: 'POST', json: { say: 'hi' } } }],
  })
}

test.each([1, 3])('a server that allows %i streams never gets more, its SETTINGS late or not', async (allowed) => {
  const open = new Map<number, number>()
  let refusals = 0
  const answer = ({ socket, connection, stream }: RawRequest) => {
    const now = (open.get(connection) ?? 0) + 1
    open.set(connection, now)
    if (now > allowed) refusals += 1
    setTimeout(() => {
      open.set(connection, (open.get(connection) ?? 0) - 1)
      socket.write(whole(stream))
    }, 5)
  }
  const server = await rawHttp2(answer, { settings: maxStreams(allowed), lateMs: 30 })
  onTestFinished(() => server.stop())
  const { result } = await run(server.url, { users: 20, iterations: 60 }, { streams: 20 })
  expect(result.total.counts).toMatchObject({ planned: 60, ok: 60 })
  expect([refusals, server.heads(), result.warnings]).toEqual([0, 60, {}])
})

test('a server that allows no streams is never asked', async () => {
  const server = await rawHttp2(({ socket, stream }) => void socket.write(whole(stream)), { settings: maxStreams(0) })
  onTestFinished(() => server.stop())
  const { result } = await run(server.url, { iterations: 3 })
  expect(result.errors.map(({ class: one, count }) => [one, count])).toEqual([['refused_stream', 3]])
  expect(server.heads()).toBe(0)
})

test.each<[string, Buffer, string, `${number}ms` | undefined]>([
  ['says nothing', NOTHING, 'connect_timeout', '300ms'],
  ['speaks HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'), 'bad_http', undefined],
])('a server that %s in place of SETTINGS', async (_, bytes, failureClass, connect) => {
  const server = await tcpServer((socket) => socket.write(bytes))
  const { result } = await run(`http://127.0.0.1:${server.port}`, { iterations: 2 }, {}, '/', connect)
  expect(result.total.counts).toMatchObject({ planned: 2, failed: 2 })
  expect(result.errors.map(({ class: one }) => one)).toEqual([failureClass])
  expect(result.connectionMetrics).toMatchObject({ failedConnections: 2, openConnections: 0 })
})

test('a server that closes before its SETTINGS', async () => {
  const server = await tcpServer((socket) => void socket.end())
  const { result } = await run(`http://127.0.0.1:${server.port}`, { iterations: 2 })
  expect(result.errors.map(({ class: one, sample }) => [one, sample])).toEqual([
    ['closed_early', expect.stringContaining('does not speak HTTP/2')],
  ])
})

/** Answers `/NxM` with N headers of M bytes. */
async function headerServer() {
  const server = createHttp2({
    maxHeaderListPairs: 5000,
    settings: { maxHeaderListSize: 2 ** 21 },
    maxSendHeaderBlockLength: 2 ** 21,
  })
  server.on('stream', (stream, headers) => {
    const [, count, size] = /(\d+)x(\d+)/.exec(String(headers[':path'])) ?? []
    stream.on('error', () => {})
    stream.respond(Object.fromEntries(Array.from({ length: Number(count) }, (_, n) => [`h${n}`, 'v'.repeat(Number(size))])))
    stream.end('ok')
  })
  server.on('session', (session) => session.on('error', () => {}))
  const port = await listen(server)
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${port}`
}

test.each([
  ['/500x10', 'ok', ''],
  ['/20x2000', 'ok', ''],
  ['/3000x4', 'failed', 'burn does so itself'],
  ['/100x3000', 'failed', 'larger than burn takes'],
])('headers %s: %s', async (path, outcome, words) => {
  const { attempts } = await run(await headerServer(), { iterations: 1 }, {}, path)
  expect(attempts[0]?.exchange.outcome).toBe(outcome)
  expect(attempts[0]?.exchange.failure?.message ?? '').toContain(words)
})

test('headers beyond the bound do not take the next attempt along', async () => {
  const url = await headerServer()
  const options = http.options.parse({ version: '2' })
  const address = addressOf(url)
  const connection = await http.open(options, openContext(address))
  const classes: string[] = []
  for (const path of ['/100x3000', '/1x1', '/100x3000', '/1x1']) {
    const one = trial()
    connection.send(http.fromStep({ path }, address, options), one.exchange)
    classes.push((await one.settled).failure?.class ?? 'ok')
  }
  await connection.close()
  expect(classes).toEqual(['too_big', 'ok', 'too_big', 'ok'])
})

test('SETTINGS frames without a limit leave it open', async () => {
  const server = await rawHttp2(({ socket, stream }) => void socket.write(whole(stream)), { settings: frame(SETTINGS, 0, 0) })
  onTestFinished(() => server.stop())
  const { result } = await run(server.url, { users: 20, iterations: 60 }, { streams: 20 })
  expect([result.total.counts.ok, server.connections()]).toEqual([60, 1])
})
