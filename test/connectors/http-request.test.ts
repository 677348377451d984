import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import type { TargetAddress } from '../../src/connectors/wire/connector.ts'
import { type FaultServer, faultServer, reply, type Seen } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, openContext, trial } from './contract.ts'

let server: FaultServer
let other: FaultServer
beforeAll(async () => {
  other = await faultServer()
  const to = (status: string, location: () => string) => (socket: import('node:net').Socket) =>
    void socket.write(reply('moved', { location: location() }, status))
  server = await faultServer({
    '/301': to('301 Moved', () => '/echo'),
    '/302': to('302 Found', () => '/echo'),
    '/303': to('303 See Other', () => '/echo?a=1'),
    '/307': to('307 Temporary', () => '/echo'),
    '/308': to('308 Permanent', () => `${server.url}/echo`),
    '/loop': to('302 Found', () => '/loop'),
    '/away': to('307 Temporary', () => `${other.url}/echo`),
    '/two': (socket) =>
      void socket.write('HTTP/1.1 302 Found\r\nlocation: /echo\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n'),
    '/twice': (socket) =>
      void socket.write('HTTP/1.1 302 Found\r\nlocation: /echo\r\nLocation: /echo\r\ncontent-length: 0\r\n\r\n'),
    '/mail': to('302 Found', () => 'mailto:someone@example.org'),
    '/307-closing': (socket) =>
      void socket.end('HTTP/1.1 307 T\r\nlocation: /echo\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
  })
})
afterAll(async () => {
  await server.stop()
  await other.stop()
})

const parse = (given: object = {}) => http.options.parse(given)
/** A step as it is sent: templates, such as those of an address, are rendered after the schema has seen them. */
function step(given: { readonly url?: string; readonly [key: string]: unknown }) {
  const { url } = given
  return {
    ...http.request.parse({ ...given, ...(url === undefined ? {} : { url: '{{url}}' }) }),
    ...(url !== undefined && { url }),
  }
}

async function sendStep(
  given: { readonly url?: string; readonly [key: string]: unknown },
  rest: Partial<TargetAddress> & { path?: string } = {},
  options: object = {},
) {
  const address = addressOf(`${server.url}${rest.path ?? '/echo'}`, rest)
  return exchangeOf(address, http.fromStep(step(given), address, parse(options)), options)
}

async function exchangeOf(address: TargetAddress, request: ReturnType<typeof http.fromMessage>, options: object = {}) {
  const connection = await http.open(parse(options), openContext(address))
  const one = trial()
  connection.send(request, one.exchange)
  const exchange = await one.settled
  await connection.close()
  return { exchange, text: one.text() }
}

describe('options and steps', () => {
  test.each([
    [{}, { method: 'POST', maxRedirects: 0, crossOriginRedirects: false, keepAlive: true, connection: 'user', compress: false }],
    [{ dns: { ttl: '5m', family: 4 } }, { dns: { ttl: 300_000, family: 4 } }],
  ])('%j is read with its defaults', (given, expected) => {
    expect(parse(given)).toMatchObject(expected)
  })

  test.each([
    [{ methd: 'GET' }],
    [{ method: 'post' }],
    [{ method: 'CONNECT' }],
    [{ maxRedirects: -1 }],
    [{ connection: 'pool' }],
    [{ dns: { hosts: { a: 'b' } } }],
    [{ dns: { ttl: 5 } }],
    [{ dns: { family: 5 } }],
  ])('options %j are refused', (given) => {
    expect(http.options.safeParse(given).success).toBe(false)
  })

  test.each([
    [{ json: {}, body: 'x' }],
    [{ body: 'x', form: {} }],
    [{ path: '/a', url: 'http://b' }],
    [{ headers: { a: { b: 1 } } }],
    [{ form: { a: { b: 1 } } }],
    [{ query: { a: [[1]] } }],
    [{ verb: 'GET' }],
  ])('a step %j is refused', (given) => {
    expect(http.request.safeParse(given).success).toBe(false)
  })
})

describe('what goes on the wire', () => {
  test('a message is JSON, with the headers and query of the target', async () => {
    const address = addressOf(`${server.url}/echo?api=1`, {
      headers: { 'X-Key': 'secret', ACCEPT: 'text/plain' },
      query: { v: '2 b' },
    })
    const { exchange, text } = await exchangeOf(address, http.fromMessage({ say: 'héllo' }, address, parse()))
    const seen: Seen = JSON.parse(text)
    expect(seen).toMatchObject({ method: 'POST', target: '/echo?api=1&v=2+b', body: '{"say":"héllo"}' })
    expect(seen.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      'user-agent': 'burn',
      'content-type': 'application/json',
      'content-length': '16',
      'x-key': 'secret',
      accept: 'text/plain',
    })
    expect(exchange.bytesSent).toBe(seen.bytes)
  })

  test.each([
    ['text is sent as text', 'hello', {}, { method: 'POST', body: 'hello' }, 'text/plain;charset=utf-8'],
    ['another method', { a: 1 }, { method: 'PUT' }, { method: 'PUT', body: '{"a":1}' }, 'application/json'],
    [
      'GET carries the fields in the query',
      { a: 1, b: { c: [2] } },
      { method: 'GET' },
      { target: '/echo?a=1&b=%7B%22c%22%3A%5B2%5D%7D', body: '' },
      undefined,
    ],
    ['GET carries text in the query', 'hi there', { method: 'GET' }, { target: '/echo?message=hi+there', body: '' }, undefined],
    ['an absolute path replaces', { a: 1 }, { path: '/echo' }, { target: '/echo' }, 'application/json'],
  ])('%s', async (_name, body, options, expected, contentType) => {
    const address = addressOf(`${server.url}/echo`)
    const { text } = await exchangeOf(address, http.fromMessage(body, address, parse(options)), options)
    expect(JSON.parse(text)).toMatchObject(expected)
    expect(JSON.parse(text).headers['content-type']).toBe(contentType)
  })

  test.each([
    [{}, { method: 'GET', target: '/echo', body: '' }, undefined],
    [{ json: [1, null] }, { method: 'POST', body: '[1,null]' }, 'application/json'],
    [{ json: null }, { method: 'POST', body: 'null' }, 'application/json'],
    [{ body: 'x', method: 'PATCH' }, { method: 'PATCH', body: 'x' }, 'text/plain;charset=utf-8'],
    [{ method: 'POST' }, { method: 'POST', body: '' }, undefined],
    [{ method: 'DELETE' }, { method: 'DELETE', body: '' }, undefined],
    [{ form: { a: 'b c', n: 1 } }, { method: 'POST', body: 'a=b+c&n=1' }, 'application/x-www-form-urlencoded'],
    [
      { form: { tag: ['red', 'a b'], n: 1, none: [] } },
      { method: 'POST', body: 'tag=red&tag=a+b&n=1' },
      'application/x-www-form-urlencoded',
    ],
    [{ path: '/echo?id=0', query: { id: [1, 2], q: 'x' } }, { target: '/echo?id=1&id=2&q=x' }, undefined],
    [{ query: { q: 'ä&b', n: 2 } }, { target: '/echo?q=%C3%A4%26b&n=2' }, undefined],
    [{ path: '/echo?x=1', query: { y: 2 } }, { target: '/echo?x=1&y=2' }, undefined],
    [{ headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }, { body: 'a,b' }, 'text/csv'],
  ])('step %j', async (given, expected, contentType) => {
    const { exchange, text } = await sendStep(given)
    const seen: Seen = JSON.parse(text)
    expect(seen).toMatchObject(expected)
    expect(seen.headers['content-type']).toBe(contentType)
    expect(exchange.bytesSent).toBe(seen.bytes)
  })

  test.each([
    ['http://h/api', 'chat', '/api/chat'],
    ['http://h/api/', 'chat/v1?x=1', '/api/chat/v1?x=1'],
    ['http://h/api?k=v', 'chat', '/api/chat?k=v'],
    ['http://h/api', '/chat', '/chat'],
    ['http://h/api', '//evil.example/x', '//evil.example/x'],
    ['http://h/api', 'http://evil.example/x', '/api/http://evil.example/x'],
    ['http://h/api', '/a b#c', '/a%20b%23c'],
  ])('%s with path %s asks for %s of the same host', (url, path, expected) => {
    // A template may make such a path, though the schema refuses one that is written.
    const request = http.fromStep({ ...step({ path: '/' }), path }, addressOf(url), parse())
    expect(request.url.host).toBe('h')
    expect(request.url.pathname + request.url.search).toBe(expected)
  })

  test('HEAD keeps the byte count exact, and connection: close is counted too', async () => {
    for (const [method, options] of [
      ['HEAD', {}],
      ['GET', { keepAlive: false }],
      ['POST', { connection: 'new' }],
    ] as const) {
      const { exchange } = await sendStep({ method }, {}, options)
      expect([exchange.outcome, exchange.bytesSent]).toEqual(['ok', server.seen.at(-1)?.bytes])
    }
  })

  test('name and password of the URL become basic authorization', () => {
    const request = http.fromMessage('x', addressOf('http://me:p%40ss@h/'), parse())
    expect(request.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  test("another origin gets none of the target's headers and query", async () => {
    const { exchange } = await sendStep(
      { url: `${other.url}/echo`, headers: { own: 1 } },
      { headers: { authorization: 'secret' }, query: { key: 'secret' } },
    )
    expect(exchange.outcome).toBe('ok')
    expect(other.seen.at(-1)?.target).toBe('/echo')
    expect(other.seen.at(-1)?.headers).not.toHaveProperty('authorization')
    expect(other.seen.at(-1)?.headers.own).toBe('1')
  })
})

describe('what cannot be sent', () => {
  test.each([
    ['a line break in a value', { headers: { a: 'x\r\nevil: 1' } }],
    ['a line feed in a value', { headers: { a: 'x\ny' } }],
    ['a NUL in a value', { headers: { a: 'x\0y' } }],
    ['a character outside of Latin-1', { headers: { a: '→' } }],
    ['a line break in a name', { headers: { 'a\r\nb': 'x' } }],
    ['a framing header', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['a wrong length', { headers: { 'content-length': '5' }, body: 'four' }],
    ['no address', { url: 'not an address' }],
    ['another scheme', { url: 'ftp://h/' }],
  ])('%s fails as local_request and reaches no server', async (_name, given) => {
    const before = server.seen.length
    const { exchange } = await sendStep(given)
    expect(exchange.failure).toMatchObject({ class: 'local_request', phase: 'send' })
    expect(exchange.sentAt).toBeNaN()
    expect(server.seen.length).toBe(before)
  })

  test('the value is not shown: it may be a secret', async () => {
    const { exchange } = await sendStep({}, { headers: { authorization: 'Bearer s3cr3t\n' } })
    expect(exchange.failure?.message).toContain('authorization')
    expect(JSON.stringify(exchange.failure)).not.toContain('s3cr3t')
  })
})

describe('redirects', () => {
  const redirects = (path: string, options: object, given: object = { body: 'x' }) =>
    sendStep({ path, ...given }, { headers: { authorization: 'secret', 'x-key': 'k' } }, options)

  test('by default they are the reply', async () => {
    const { exchange, text } = await redirects('/302', {})
    expect([exchange.outcome, exchange.status, exchange.headers.location, text]).toEqual(['ok', 302, '/echo', 'moved'])
    expect(exchange.warnings).toEqual(['redirect_not_followed'])
  })

  test.each([
    ['/301', 'GET', '/echo', ''],
    ['/302', 'GET', '/echo', ''],
    ['/303', 'GET', '/echo?a=1', ''],
    ['/307', 'POST', '/echo', 'x'],
    ['/308', 'POST', '/echo', 'x'],
    ['/307-closing', 'POST', '/echo', 'x'],
  ])('%s goes on with %s %s', async (path, method, target, body) => {
    const before = server.seen.length
    const { exchange, text } = await redirects(path, { maxRedirects: 3 })
    const seen: Seen = JSON.parse(text)
    expect([exchange.status, seen.method, seen.target, seen.body, seen.headers.authorization]).toEqual([
      200,
      method,
      target,
      body,
      'secret',
    ])
    expect(seen.headers['content-type']).toBe(body === '' ? undefined : 'text/plain;charset=utf-8')
    expect(exchange.warnings).toEqual(['redirected'])
    expect(server.seen.length - before).toBe(2)
  })

  test('a loop ends at the limit, and fails', async () => {
    const before = server.seen.length
    const { exchange } = await redirects('/loop', { maxRedirects: 4 })
    expect([exchange.outcome, exchange.status, server.seen.length - before]).toEqual(['failed', 302, 5])
    expect(exchange.failure).toMatchObject({
      class: 'http_status',
      phase: 'headers',
      message: expect.stringContaining('http.maxRedirects is 4'),
    })
  })

  test('another origin is not visited unless allowed, and never with credentials', async () => {
    const before = other.seen.length
    const { exchange: refused } = await redirects('/away', { maxRedirects: 1 })
    expect([refused.outcome, refused.status, refused.failure?.class]).toEqual(['failed', 307, 'http_status'])
    expect(refused.failure?.message).toContain('http.crossOriginRedirects')
    expect(other.seen.length).toBe(before)
    const { exchange } = await redirects('/away', { maxRedirects: 1, crossOriginRedirects: true })
    expect([exchange.status, other.seen.length - before]).toEqual([200, 1])
    const { headers, body } = other.seen.at(-1)!
    expect([headers.authorization, headers['x-key'], headers['content-type'], body]).toEqual([
      undefined,
      undefined,
      'text/plain;charset=utf-8',
      'x',
    ])
  })

  test('a location that is not HTTP cannot be followed', async () => {
    const { exchange } = await redirects('/mail', { maxRedirects: 1 })
    expect([exchange.outcome, exchange.status, exchange.failure?.class]).toEqual(['failed', 302, 'http_status'])
  })

  test.each([0, 1])('two different places are no reply, with maxRedirects: %d', async (maxRedirects) => {
    const before = server.seen.length
    const { exchange } = await redirects('/two', { maxRedirects })
    expect(exchange.failure).toMatchObject({ class: 'bad_http', phase: 'headers', message: expect.stringContaining('Location') })
    expect(server.seen.length - before).toBe(1)
  })

  test('one place that is named twice is one place', async () => {
    expect((await redirects('/twice', { maxRedirects: 1 })).exchange).toMatchObject({ outcome: 'ok', status: 200 })
  })

  test.each([
    [[], ['redirect_not_followed']],
    [[{ status: 302 }], []],
  ])('a step that expects %j has the warnings %j', async (expected, warnings) => {
    const { result } = await runScenario({
      name: 'redirect',
      target: { url: server.url },
      load: [{ iterations: 2 }],
      steps: [{ request: { path: '/302' }, ...(expected.length > 0 ? { expect: expected } : {}) }],
    })
    expect(result.total.counts).toMatchObject({ ok: 2, failed: 0 })
    expect(result.warnings).toEqual(Object.fromEntries(warnings.map((name) => [name, 2])))
  })
})

/** What a template that is a whole text renders to: the value itself. */
const VALUES = [
  [5, '5', '5'],
  [true, 'true', 'true'],
  [null, '', ''],
  [{ a: 1 }, '{"a":1}', '%7B%22a%22:1%7D'],
  [[1, 2], '[1,2]', '[1,2]'],
] as const

test.each(VALUES)('a value from a template is sent as text: %j', (value, text, path) => {
  const request = (given: object) =>
    http.fromStep({ ...http.request.parse({}), ...given }, addressOf('http://127.0.0.1:1/'), parse())
  expect(String(request({ body: value }).body)).toBe(text)
  expect(request({ path: value }).url.pathname).toBe(`/${path}`)
  expect(request({ headers: { 'x-a': value } }).headers['x-a']).toBe(text)
})
