/** Streams that go wrong inside, through whole runs over HTTP/1.1 and HTTP/2: class, phase, and counts that are those of the server. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { data, goaway, head, type RawRequest, rawHttp2, rst } from '../servers/http2-raw.ts'
import { runScenario } from '../support/run.ts'
import { chunked, STREAM_FATES } from './fates/streams.ts'
import { allEnded, failuresOf } from './run-counts.ts'
import { faulty } from './targets.ts'

const ATTEMPTS = 6
const load = [{ users: 2, iterations: ATTEMPTS }]
test.each(STREAM_FATES)('$title: $failure', async (row) => {
  const { preset = 'openai-chat', failure, warning, text } = row
  const whole = chunked(row)
  const server = await faulty({ '/stream': (socket) => void socket.write(whole) })
  const { result, attempts } = await runScenario({
    name: 'stream',
    target: { preset, url: `${server.url}/stream`, ...row.target },
    load,
    steps: [{ message: 'x' }],
  })
  expect(failuresOf(result)).toEqual(failure ? [[...failure, ATTEMPTS]] : [])
  expect(result.total.counts).toEqual(failure ? allEnded(0, ATTEMPTS) : allEnded(ATTEMPTS, 0))
  expect(result.warnings).toEqual(warning ? { [warning]: ATTEMPTS } : {})
  if (text !== undefined) expect(attempts.map(({ exchange }) => exchange.text)).toEqual(Array(ATTEMPTS).fill(text))
  expect(attempts.filter(({ exchange }) => exchange.oddBytes)).toHaveLength(warning ? ATTEMPTS : 0)
  expect(server.seen).toHaveLength(ATTEMPTS)
  expect(result.connectionMetrics).toMatchObject({
    totalConnections: server.connections(),
    lostConnections: 0,
    openConnections: 0,
  })
})

describe('HTTP/2', () => {
  const HALF = (stream: number) => Buffer.concat([head(stream), data(stream, '{"reply":"ha')])
  /** Says something, and a while later does something. */
  const then = (first: (request: RawRequest) => void, later: (request: RawRequest) => void) => (request: RawRequest) => {
    first(request)
    setTimeout(() => later(request), 20)
  }
  const say = (bytes: (stream: number) => Buffer) => (request: RawRequest) => void request.socket.write(bytes(request.stream))
  const run = async (answer: (request: RawRequest) => void) => {
    const server = await rawHttp2(answer)
    onTestFinished(() => server.stop())
    const { result, attempts } = await runScenario({
      name: 'http2',
      target: { url: server.url, http: { version: '2' } },
      load,
      steps: [{ message: 'x' }],
    })
    await expect.poll(server.openSockets).toBe(0)
    return { result, attempts, server }
  }

  test.each<[string, (request: RawRequest) => void, failureClass: string, phase: string, lost: boolean]>([
    ['a connection destroyed before the reply', ({ socket }) => void socket.destroy(), 'closed_early', 'headers', true],
    [
      'a connection ended inside of the reply',
      then(say(HALF), ({ socket }) => void socket.end()),
      'closed_early',
      'stream',
      true,
    ],
    ['a connection reset inside', then(say(HALF), ({ socket }) => void socket.resetAndDestroy()), 'reset', 'stream', true],
    [
      'a stream ended by RST_STREAM(NO_ERROR)',
      then(
        say(HALF),
        say((id) => rst(id, 0)),
      ),
      'closed_early',
      'stream',
      false,
    ],
    [
      'a stream reset by RST_STREAM(INTERNAL_ERROR)',
      then(
        say(HALF),
        say((id) => rst(id, 2)),
      ),
      'reset',
      'stream',
      false,
    ],
    [
      'GOAWAY with an error',
      then(
        say(HALF),
        say((id) => goaway(id, 2)),
      ),
      'reset',
      'stream',
      true,
    ],
  ])('%s', async (_, answer, failureClass, phase, lost) => {
    const { result, attempts, server } = await run(answer)
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([[failureClass, phase, ATTEMPTS]])
    expect(server.requests()).toBe(ATTEMPTS)
    expect(server.connections()).toBe(lost ? ATTEMPTS : 2)
    expect(attempts.map(({ exchange }) => exchange.bytesReceived)).toEqual(Array(ATTEMPTS).fill(phase === 'stream' ? 12 : 0))
    expect(result.connectionMetrics).toMatchObject({ totalConnections: server.connections(), openConnections: 0 })
  })

  test('GOAWAY without an error: the reply comes to its end, and the next request takes another connection', async () => {
    const { result, server } = await run(
      then(
        say((stream) => Buffer.concat([HALF(stream), goaway(stream, 0)])),
        say((stream) => data(stream, 'llo"}', true)),
      ),
    )
    expect(result.total.counts).toEqual(allEnded(ATTEMPTS, 0))
    expect([server.requests(), server.connections()]).toEqual([ATTEMPTS, ATTEMPTS])
    expect(result.connectionMetrics).toMatchObject({ goaways: ATTEMPTS, lostInFlight: 0, totalConnections: ATTEMPTS })
  })
})
