/** Replies over HTTP/2 that end in other ways than they should, frame by frame. */
import { afterEach, describe, expect, test } from 'vitest'
import { data, frame, goaway, head, type RawHttp2Server, type RawRequest, rawHttp2, rst } from '../../../servers/http2-raw.ts'
import { runScenario } from '../../../support/run.ts'

let server: RawHttp2Server | undefined
afterEach(() => server?.stop())

/** Three requests of one user, each answered by `answer`. */
async function three(answer: (request: RawRequest) => void, http: object = {}) {
  server = await rawHttp2(answer)
  const { result, attempts } = await runScenario({
    name: 'h2',
    target: { protocol: 'http', url: server.url, http: { version: '2', ...http }, timeouts: { connect: '20s', total: '20s' } },
    load: [{ iterations: 3 }],
    steps: [{ request: { method: 'POST', json: { say: 'hi' } } }],
  })
  return { result, attempts, server }
}

/** Frames that come together. */
const write =
  (...frames: ((stream: number) => Buffer)[]) =>
  ({ socket, stream }: RawRequest) =>
    void socket.write(Buffer.concat(frames.map((make) => make(stream))))
/** The first frames, and once the client has read them, what ends them. */
const then = (first: (request: RawRequest) => void, later: (request: RawRequest) => void) => (request: RawRequest) => {
  first(request)
  setTimeout(() => later(request), 20)
}

const HEAD = (stream: number) => head(stream)
const HALF = (stream: number) => data(stream, '{"reply":"ha')
const WHOLE = (stream: number) => data(stream, '{"reply":"hello"}', true)
const RST = (code: number) => (stream: number) => rst(stream, code)
const GOAWAY = (code: number) => (stream: number) => goaway(stream, code)
const GARBAGE = () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')
const half = write(HEAD, HALF)
const fin = ({ socket }: RawRequest) => void socket.end()
const reset = ({ socket }: RawRequest) => void socket.resetAndDestroy()

describe('a whole reply needs a head, END_STREAM and no error', () => {
  test.each<[string, (request: RawRequest) => void, number]>([
    ['at once', write(HEAD, WHOLE), 1],
    [
      'in pieces',
      then(
        half,
        write((stream) => data(stream, 'llo"}', true)),
      ),
      1,
    ],
    ['without a body', write((stream) => head(stream, { end: true })), 1],
    [
      'of the length that it tells',
      write(
        (stream) => head(stream, { length: '2' }),
        (stream) => data(stream, 'ok', true),
      ),
      1,
    ],
    ['with a RST_STREAM(NO_ERROR) after its end', write(HEAD, WHOLE, RST(0)), 1],
    ['with a broken connection after its end', write(HEAD, WHOLE, GARBAGE), 3],
  ])('%s', async (_, answer, connections) => {
    const { result, server } = await three(answer)
    expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
    expect([server.requests(), server.connections()]).toEqual([3, connections])
    expect(result.connectionMetrics).toMatchObject({ openConnections: 0, successfulConnections: connections })
  })

  test('the end of the connection after it takes nothing from it', async () => {
    server = await rawHttp2(({ socket, stream }) => void socket.end(Buffer.concat([HEAD(stream), WHOLE(stream)])))
    const { result } = await runScenario({
      name: 'h2',
      target: { protocol: 'http', url: server.url, http: { version: '2' }, timeouts: { total: '20s' } },
      load: [{ iterationsPerUser: 1, users: 3 }],
      steps: [{ request: { method: 'POST', json: { say: 'hi' } } }],
    })
    expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
    expect(result.connectionMetrics).toMatchObject({ openConnections: 0, lostInFlight: 0, reconnectionCount: 0 })
  })

  test('a reply that ends while the body of its request is on its way', async () => {
    // the window is never opened: most of the body stays here
    const early = { onHead: write(HEAD, WHOLE, RST(0)) }
    server = await rawHttp2(() => {}, early)
    const { result, attempts } = await runScenario({
      name: 'h2',
      target: { protocol: 'http', url: server.url, http: { version: '2' }, timeouts: { total: '20s' } },
      load: [{ iterations: 3 }],
      steps: [{ request: { method: 'POST', json: { say: 'a'.repeat(200_000) } } }],
    })
    expect(result.total.counts).toMatchObject({ planned: 3, ok: 3 })
    expect(attempts.map(({ exchange }) => exchange.bytesReceived)).toEqual([17, 17, 17])
    expect(server.heads()).toBe(3)
  })
})

type Ended = [name: string, answer: (request: RawRequest) => void, failureClass: string, phase: string, code?: string]

describe('a reply that ends otherwise is a failure', () => {
  test.each<Ended>([
    ['RST_STREAM(NO_ERROR) without a head', write(RST(0)), 'closed_early', 'headers', 'RST_NO_ERROR'],
    ['RST_STREAM(NO_ERROR) in the body', write(HEAD, HALF, RST(0)), 'closed_early', 'stream', 'RST_NO_ERROR'],
    ['RST_STREAM(NO_ERROR) a while into the body', then(half, write(RST(0))), 'closed_early', 'stream', 'RST_NO_ERROR'],
    ['RST_STREAM(INTERNAL_ERROR) without a head', write(RST(2)), 'reset', 'headers', 'RST_INTERNAL_ERROR'],
    ['RST_STREAM(INTERNAL_ERROR) in the body', write(HEAD, HALF, RST(2)), 'reset', 'stream', 'RST_INTERNAL_ERROR'],
    ['RST_STREAM(CANCEL) in the body', then(half, write(RST(8))), 'reset', 'stream', 'RST_CANCEL'],
    ['RST_STREAM(REFUSED_STREAM) after a head', write(HEAD, HALF, RST(7)), 'reset', 'stream', 'RST_REFUSED_STREAM'],
    ['a FIN without a head', fin, 'closed_early', 'headers'],
    ['a FIN in the body', then(half, fin), 'closed_early', 'stream'],
    ['a reset without a head', reset, 'reset', 'headers', 'ECONNRESET'],
    ['a reset in the body', then(half, reset), 'reset', 'stream', 'ECONNRESET'],
    ['GOAWAY(NO_ERROR), then a FIN, without a head', then(write(GOAWAY(0)), fin), 'closed_early', 'headers'],
    ['GOAWAY(NO_ERROR), then a FIN, in the body', then(write(HEAD, HALF, GOAWAY(0)), fin), 'closed_early', 'stream'],
    ['GOAWAY(INTERNAL_ERROR) without a head', write(GOAWAY(2)), 'reset', 'headers', 'GOAWAY_INTERNAL_ERROR'],
    ['GOAWAY(INTERNAL_ERROR) in the body', write(HEAD, HALF, GOAWAY(2)), 'reset', 'stream', 'GOAWAY_INTERNAL_ERROR'],
    ['garbage in place of a head', write(GARBAGE), 'bad_http', 'headers', 'ERR_HTTP2_ERROR'],
    ['garbage in the body', then(half, write(GARBAGE)), 'bad_http', 'stream', 'ERR_HTTP2_ERROR'],
    ['DATA on stream 0', write(HEAD, () => frame(0, 1, 0, Buffer.from('x'))), 'bad_http', 'stream', 'ERR_HTTP2_ERROR'],
    ['DATA before a head', write(WHOLE), 'bad_http', 'headers', 'ERR_HTTP2_ERROR'],
    [
      'a body shorter than its length',
      write((stream) => head(stream, { length: '50' }), WHOLE),
      'bad_http',
      'stream',
      'RST_PROTOCOL_ERROR',
    ],
    [
      'a body longer than its length',
      write((stream) => head(stream, { length: '1' }), WHOLE),
      'bad_http',
      'stream',
      'ERR_HTTP2_ERROR',
    ],
    [
      'no body where there is a length',
      write((stream) => head(stream, { length: '5', end: true })),
      'bad_http',
      'headers',
      'RST_PROTOCOL_ERROR',
    ],
  ])('%s', async (_, answer, failureClass, phase, code) => {
    const { result, attempts, server } = await three(answer)
    expect(result.total.counts).toMatchObject({ planned: 3, failed: 3 })
    expect(server.requests()).toBe(3)
    const told = attempts.map(({ exchange: { failure } }) => [failure?.class, failure?.phase, failure?.code])
    expect(told).toEqual(Array(3).fill([failureClass, phase, code]))
    expect(attempts.some(({ exchange }) => Number.isNaN(exchange.sentAt))).toBe(false)
    expect(result.connectionMetrics.openConnections).toBe(0)
  })
})
