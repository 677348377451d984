/** Streams that go wrong inside, through whole runs over HTTP/1.1 and HTTP/2: class, phase, and counts that are those of the server. */
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CHUNKED, chunk } from '../servers/http-faults.ts'
import { data, goaway, head, type RawRequest, rawHttp2, rst } from '../servers/http2-raw.ts'
import { runScenario } from '../support/run.ts'
import { allEnded, failuresOf } from './run-counts.ts'
import { faulty } from './targets.ts'

const ATTEMPTS = 6
const load = [{ users: 2, iterations: ATTEMPTS }]
const SSE = { 'content-type': 'text/event-stream' }
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const NDJSON = { 'content-type': 'application/x-ndjson' }
const DONE = 'data: [DONE]\n\n'
const raw = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":${content}},"finish_reason":"stop"}]}\n\n`
const event = (text: string) => raw(JSON.stringify(text))
const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`
/** Two bytes that are no UTF-8, each in an event of its own. */
const ODD = Buffer.from(raw('"a\xff"') + raw('"\xfe"') + DONE, 'latin1')

interface Row {
  readonly title: string
  readonly body: string | Buffer
  readonly headers?: Record<string, string>
  readonly preset?: 'openai-chat' | 'ollama' | 'anthropic'
  readonly target?: object
  /** Class and phase; left out when the reply is good. */
  readonly failure?: readonly [failureClass: string, phase: string]
  readonly warnings?: Record<string, number>
  /** What was kept of it. */
  readonly text?: string
}

const ROWS: readonly Row[] = [
  { title: 'bytes that are no UTF-8', body: ODD, warnings: { bad_utf8: ATTEMPTS }, text: 'a��' },
  { title: 'an HTML page with status 200', body: '<!doctype html><p>no', headers: HTML, failure: ['bad_sse', 'first_token'] },
  { title: 'an HTML page that says it is a stream', body: '<!doctype html><p>no', failure: ['bad_sse', 'first_token'] },
  { title: 'an HTML page for lines', preset: 'ollama', body: '<p>no', headers: HTML, failure: ['bad_json', 'first_token'] },
  { title: 'lines that are no fields', body: 'choices: 1\nnonsense\n\n', failure: ['bad_sse', 'first_token'] },
  { title: 'comments only', body: ': ping\n\n: ping\n\n', failure: ['bad_sse', 'first_token'] },
  { title: 'nothing at all', body: '', failure: ['bad_sse', 'first_token'] },
  { title: 'bad JSON in the first event', body: `data: {"choices":\n\n${DONE}`, failure: ['bad_json', 'first_token'] },
  { title: 'bad JSON later', body: `${event('a')}data: {"choi\n\n${DONE}`, failure: ['bad_json', 'stream'], text: 'a' },
  { title: 'a number as event', body: `${event('a')}data: 3\n\n${DONE}`, failure: ['bad_json', 'stream'], text: 'a' },
  { title: 'JSON of 9,000 levels', body: `${event('a')}data: ${deep}\n\n${DONE}`, failure: ['bad_json', 'stream'], text: 'a' },
  { title: 'JSON of 9,000 levels as text', body: event(deep) + DONE, text: deep },
  { title: 'an event cut off', body: `${event('a')}data: {"choi`, failure: ['closed_early', 'stream'], text: 'a' },
  { title: 'no end marker', body: event('a'), failure: ['closed_early', 'stream'], text: 'a' },
  {
    title: 'an event that is too large',
    body: event('a') + event('x'.repeat(2000)) + DONE,
    target: { limits: { event: '1KiB' } },
    failure: ['too_big', 'stream'],
    text: 'a',
  },
  {
    title: 'a line without end',
    body: `${event('a')}data: ${'x'.repeat(5000)}`,
    target: { limits: { event: '1KiB' } },
    failure: ['too_big', 'stream'],
    text: 'a',
  },
  {
    title: 'a reply that is too large',
    body: event('x').repeat(100) + DONE,
    target: { limits: { reply: '4KiB' } },
    failure: ['too_big', 'stream'],
  },
  {
    title: 'a line cut off',
    preset: 'ollama',
    headers: NDJSON,
    body: '{"message":{"content":"a"}}\n{"mess',
    failure: ['closed_early', 'stream'],
    text: 'a',
  },
  {
    title: 'an error inside',
    body: `${event('a')}data: {"error":{"message":"no","type":"server_error"}}\n\n${DONE}`,
    failure: ['error_in_stream', 'stream'],
    text: 'a',
  },
  {
    title: 'bytes that are no gzip',
    body: 'not packed at all',
    headers: { ...SSE, 'content-encoding': 'gzip' },
    failure: ['bad_encoding', 'stream'],
  },
  {
    title: 'half of a gzip',
    body: gzipSync(event('a') + DONE).subarray(0, 40),
    headers: { ...SSE, 'content-encoding': 'gzip' },
    failure: ['bad_encoding', 'stream'],
  },
  {
    title: 'a gzip that unpacks to 64 MiB',
    body: gzipSync(Buffer.alloc(64 << 20)),
    headers: { ...SSE, 'content-encoding': 'gzip' },
    target: { limits: { reply: '1MiB', event: '128MiB' } },
    failure: ['too_big', 'stream'],
  },
  {
    title: 'an encoding that nobody asked for',
    body: 'x',
    headers: { ...SSE, 'content-encoding': 'zip' },
    failure: ['bad_encoding', 'headers'],
  },
]

/** A whole chunked reply. */
function chunked({ body, headers = SSE }: Row): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const bytes = Buffer.from(body)
  const pieces = bytes.byteLength > 0 ? [chunk(bytes)] : []
  return Buffer.concat([
    Buffer.from(CHUNKED.slice(0, -2) + lines.join('')),
    Buffer.from('\r\n'),
    ...pieces,
    Buffer.from('0\r\n\r\n'),
  ])
}

test.each(ROWS)('$title: $failure', async (row) => {
  const { preset = 'openai-chat', failure, warnings = {}, text } = row
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
  expect(result.warnings).toEqual(warnings)
  if (text !== undefined) expect(attempts.map(({ exchange }) => exchange.text)).toEqual(Array(ATTEMPTS).fill(text))
  expect(attempts.filter(({ exchange }) => exchange.oddBytes)).toHaveLength(warnings.bad_utf8 ?? 0)
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
