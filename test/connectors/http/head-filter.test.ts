/** Reply heads as RFC 9110 and 9112 have them, good and bad, from a server of raw bytes; and the filter before the parser at every byte split. */
import { describe, expect, test } from 'vitest'
import { HeadFilter } from '../../../src/connectors/http/head-filter.ts'
import { http } from '../../../src/connectors/http.ts'
import { tcpServer } from '../../servers/tcp.ts'
import { addressOf, openContext, trial } from '../contract.ts'

const options = http.options.parse({})
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const chunked = (body: string) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}`

/** Answers the n-th request of a connection with these bytes, and ends the connection if asked to. */
async function rawServer(bytes: string | Buffer, { fin = false } = {}) {
  return tcpServer((socket) => {
    socket.on('data', () => (fin ? socket.end(bytes) : socket.write(bytes)))
  })
}

async function ask(port: number, times = 1) {
  const address = addressOf(`http://127.0.0.1:${port}/`)
  const connection = await http.open(options, openContext(address))
  const trials = []
  for (let n = 0; n < times; n += 1) {
    const one = trial()
    connection.send(http.fromMessage('hi', address, options), one.exchange)
    trials.push({ exchange: await one.settled, text: one.text() })
  }
  await connection.close()
  return trials
}

/** What the parser would get, with the bytes cut at `splits`. */
function throughFilter(bytes: Buffer, splits: readonly number[]): { passed: string; fault: string | undefined } {
  const filter = new HeadFilter()
  filter.expect()
  const edges = [0, ...splits, bytes.byteLength]
  const passed = edges.slice(1).map((end, n) => filter.take(bytes.subarray(edges[n], end))?.toString('latin1') ?? '')
  return { passed: passed.join(''), fault: filter.problem }
}

const GOOD: readonly [string, string, Readonly<Record<string, string>>][] = [
  ['100 Continue that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, {}],
  [
    'several interim replies',
    `HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 P\r\n\r\n${OK}`,
    {},
  ],
  ['an interim reply with headers', `HTTP/1.1 100 Continue\r\nx-a: b\r\ncontent-length: 5\r\n\r\n${OK}`, {}],
  ['white space behind a length', 'HTTP/1.1 200 OK\r\ncontent-length: 2 \t \r\n\r\nok', { 'content-length': '2' }],
  ['no white space before a value', 'HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok', {}],
  [
    'a folded header',
    'HTTP/1.1 200 OK\r\nx-a: one\r\n  two\r\n\tthree\r\ncontent-length: 2\r\n\r\nok',
    { 'x-a': 'one two three' },
  ],
  ['a folded empty line', 'HTTP/1.1 200 OK\r\nx-a: one\r\n \r\ncontent-length: 2\r\n\r\nok', { 'x-a': 'one' }],
  ['a fold before the value', 'HTTP/1.1 200 OK\r\ncontent-length:\r\n 2\r\n\r\nok', { 'content-length': '2' }],
  ['no reason', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', {}],
  ['no reason, no space', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', {}],
  ['a reason beyond ASCII', 'HTTP/1.1 200 D\xe9j\xe0 vu\tbien\r\ncontent-length: 2\r\n\r\nok', {}],
  ['an empty value', 'HTTP/1.1 200 OK\r\nx-a:\r\ncontent-length: 2\r\n\r\nok', { 'x-a': '' }],
  ['a repeated header', 'HTTP/1.1 200 OK\r\nx-a: 1\r\nX-A: 2\r\ncontent-length: 2\r\n\r\nok', { 'x-a': '1, 2' }],
  ['chunk extensions', chunked('2;a="b";c\r\nok\r\n0;last\r\n\r\n'), {}],
  ['trailers', chunked('2\r\nok\r\n0\r\nx-t: 1\r\n\r\n'), {}],
  ['names of codings in any case', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked \r\n\r\n2\r\nok\r\n0\r\n\r\n', {}],
]

const BAD: readonly [string, string, string, string][] = [
  ['shoutcast', 'ICY 200 OK\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['RTSP', 'RTSP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['HTTP/0.9', '<html>hello</html>', 'bad_http', 'not HTTP/1.1'],
  ['a status line of HTTP/0.9', 'HTTP/0.9 200 OK\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['a status line of HTTP/2', 'HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['no end of the line', 'SSH-2.0-OpenSSH_9.2', 'bad_http', 'not HTTP/1.1'],
  ['status 000', 'HTTP/1.1 000 No\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['status 099', 'HTTP/1.1 099 No\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'not HTTP/1.1'],
  ['a status of four digits', 'HTTP/1.1 2000 No\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'status line'],
  ['CR CR LF', 'HTTP/1.1 200 OK\r\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'CR LF'],
  ['bare CR in a value', 'HTTP/1.1 200 OK\r\nx-a: 1\rx-b: 2\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'CR LF'],
  ['bare LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', 'bad_http', 'CR LF'],
  ['white space before the first header', 'HTTP/1.1 200 OK\r\n x-a: 1\r\ncontent-length: 2\r\n\r\nok', 'bad_http', 'white space'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok', 'bad_http', 'twice'],
  ['a list of lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok', 'bad_http', 'twice'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok', 'bad_http', ''],
  ['a length that is negative', 'HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok', 'bad_http', ''],
  ['a length beyond all numbers', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(30)}\r\n\r\nok`, 'bad_http', ''],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nno colon here\r\ncontent-length: 2\r\n\r\nok', 'bad_http', ''],
  ['white space before a colon', 'HTTP/1.1 200 OK\r\nx-a : 1\r\ncontent-length: 2\r\n\r\nok', 'bad_http', ''],
  ['a coding that is not undone', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nok', 'bad_encoding', 'gzip'],
  [
    'a coding below chunks',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'bad_encoding',
    'gzip, chunked',
  ],
  ['chunks in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n', 'bad_http', 'twice'],
  ['an endless status line', `HTTP/1.1 200 ${'x'.repeat(9000)}`, 'bad_http', 'status line is longer'],
  ['a long status line', `HTTP/1.1 200 ${'x'.repeat(9000)}\r\ncontent-length: 2\r\n\r\nok`, 'bad_http', 'status line is longer'],
  ['endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(12_000)}`, 'bad_http', 'larger than 64 KiB'],
  ['an endless chunk extension', chunked(`2;${'a'.repeat(400_000)}`), 'bad_http', 'chunk extensions'],
  ['endless interim replies', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200), 'bad_http', 'more than 100 informational'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', 'bad_http', 'another protocol'],
]

describe('good heads', () => {
  test.each(GOOD)('%s', async (_, bytes, headers) => {
    const server = await rawServer(Buffer.from(bytes, 'latin1'))
    const trials = await ask(server.port, 2)
    for (const { exchange, text } of trials) {
      expect(exchange.failure).toBeUndefined()
      expect([exchange.outcome, exchange.status, text]).toEqual(['ok', 200, 'ok'])
      expect(exchange.headers).toMatchObject(headers)
      expect(exchange.warnings).toEqual([])
    }
    expect(server.accepted(), 'the connection is kept').toBe(1)
  })

  test.each(GOOD)('%s: in pieces, cut anywhere', (_, written) => {
    const bytes = Buffer.from(written, 'latin1')
    const whole = throughFilter(bytes, [])
    expect(whole.fault).toBeUndefined()
    for (let at = 1; at < bytes.byteLength; at += 1) expect(throughFilter(bytes, [at])).toEqual(whole)
    expect(throughFilter(bytes, Array.from(bytes.keys()).slice(1))).toEqual(whole)
  })
})

describe('bad heads', () => {
  test.each(BAD)('%s', async (_, bytes, failureClass, words) => {
    const server = await rawServer(Buffer.from(bytes, 'latin1'))
    const [one] = await ask(server.port)
    expect(one?.exchange.failure?.class).toBe(failureClass)
    expect(one?.exchange.failure?.message).toContain(words)
    expect(one?.exchange.failure?.message).not.toMatch(/assert|undefined/i)
  })

  test.each(BAD.filter(([, bytes]) => bytes.length < 300))('%s: in pieces, cut anywhere', (_, written) => {
    const bytes = Buffer.from(written, 'latin1')
    const isFault = throughFilter(bytes, []).fault !== undefined
    for (let at = 1; at < bytes.byteLength; at += 1)
      expect(throughFilter(bytes, [at]).fault !== undefined, `cut at ${at}`).toBe(isFault)
  })
})

describe('the end of a connection', () => {
  test('a FIN that comes with a reply costs no attempt', async () => {
    const server = await rawServer(OK, { fin: true })
    const trials = await ask(server.port, 40)
    expect(trials.map(({ exchange }) => exchange.failure?.message ?? 'ok')).toEqual(Array(40).fill('ok'))
    expect(trials.every(({ exchange }) => !exchange.reused)).toBe(true)
    expect(server.accepted()).toBe(40)
  })

  test.each(['HTTP/1.1 1', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nx-a: 1\r'])(
    '%j and a FIN is closed_early',
    async (bytes) => {
      const server = await rawServer(bytes, { fin: true })
      const [one] = await ask(server.port)
      expect(one?.exchange.failure).toMatchObject({ class: 'closed_early', phase: 'headers' })
    },
  )
})

test('the parser is there before the first connection', async () => {
  await http.prepare?.(options)
  const server = await rawServer(OK)
  const [one] = await ask(server.port)
  expect(one?.exchange.outcome).toBe('ok')
  expect(server.accepted()).toBe(1)
})
