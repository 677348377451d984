/** Event streams and lines that go wrong inside. */
import { gzipSync } from 'node:zlib'
import { CHUNKED, chunk } from '../../servers/http-faults.ts'

const SSE = { 'content-type': 'text/event-stream' }
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const NDJSON = { 'content-type': 'application/x-ndjson' }
/** The end of a good stream. */
export const DONE = 'data: [DONE]\n\n'
const raw = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":${content}},"finish_reason":"stop"}]}\n\n`
/** An event with text. */
export const event = (text: string) => raw(JSON.stringify(text))
const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`
/** Two bytes that are no UTF-8, each in an event of its own. */
const ODD = Buffer.from(raw('"a\xff"') + raw('"\xfe"') + DONE, 'latin1')

/** A reply, and what it comes to. */
export interface StreamFate {
  readonly title: string
  readonly body: string | Buffer
  readonly headers?: Record<string, string>
  readonly preset?: 'openai-chat' | 'ollama' | 'anthropic'
  readonly target?: object
  /** Class and phase; left out when the reply is good. */
  readonly failure?: readonly [failureClass: string, phase: string]
  readonly warning?: string
  /** What was kept of it. */
  readonly text?: string
}

/** Streams that go wrong inside, most of them of OpenAI chat. */
export const STREAM_FATES: readonly StreamFate[] = [
  { title: 'bytes that are no UTF-8', body: ODD, warning: 'bad_utf8', text: 'a��' },
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
export function chunked({ body, headers = SSE }: StreamFate): Buffer {
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
