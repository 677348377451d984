import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BodyDecoder } from '../../../src/connectors/http/decode.ts'
import { http } from '../../../src/connectors/http.ts'
import { sse } from '../../../src/connectors/sse.ts'
import type { Connector } from '../../../src/connectors/wire/connector.ts'
import { CHUNKED, chunk, type FaultServer, faultServer, reply } from '../../servers/http-faults.ts'
import { timedTest } from '../../support/quiet.ts'
import { addressOf, openContext, trial } from '../contract.ts'

const TEXT = 'hello world, '.repeat(1000)
const encoded = (encoding: string) => CHUNKED.replace('\r\n\r\n', `\r\ncontent-encoding: ${encoding}\r\n\r\n`)
const asBody = (encoding: string, body: Buffer) => (socket: import('node:net').Socket) =>
  void socket.write(reply(body, { 'content-encoding': encoding }))

/** Three pieces of a gzip stream, 30 ms apart, each flushed so that it can be unpacked at once. */
function drip(socket: import('node:net').Socket): void {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
  gzip.on('data', (bytes: Buffer) => socket.write(chunk(bytes)))
  gzip.on('end', () => socket.write('0\r\n\r\n'))
  socket.write(encoded('gzip'))
  for (let n = 0; n < 3; n += 1) setTimeout(() => gzip.write(`piece ${n};`), 30 * n)
  setTimeout(() => gzip.end(), 90)
}

let server: FaultServer
/** Resets the connection of the last request to /drip-then-reset. */
let reset = () => {}
beforeAll(async () => {
  server = await faultServer({
    '/gzip': asBody('gzip', gzipSync(TEXT)),
    '/x-gzip': asBody('X-GZIP', gzipSync(TEXT)),
    '/deflate': asBody('deflate', deflateSync(TEXT)),
    '/raw-deflate': asBody('deflate', deflateRawSync(TEXT)),
    '/br': asBody('br', brotliCompressSync(TEXT)),
    '/identity': asBody('identity', Buffer.from(TEXT)),
    '/empty-gzip': asBody('gzip', Buffer.alloc(0)),
    '/drip': drip,
    '/bad-gzip': asBody('gzip', Buffer.from('this is not gzip')),
    '/cut-gzip': asBody('gzip', gzipSync(TEXT).subarray(0, 40)),
    '/stacked': asBody('gzip, br', Buffer.from('x')),
    '/zstd': asBody('zstd', Buffer.from('x')),
    '/bomb': asBody('gzip', gzipSync(Buffer.alloc(100 * 1024 * 1024))),
    '/drip-then-reset': (socket) => {
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
      gzip.on('data', (bytes: Buffer) => socket.write(chunk(bytes)))
      socket.write(encoded('gzip'))
      gzip.write('before the reset')
      reset = () => socket.resetAndDestroy()
    },
    '/events': (socket) => void socket.write(reply('data: x\n\n', { 'content-type': 'text/event-stream; charset=utf-8' })),
    '/html': (socket) => void socket.write(reply(`<html>\u001b[2J${'x'.repeat(500)}`, { 'content-type': 'text/html' })),
    '/no-type': (socket) => void socket.write(reply('{}')),
    '/error': (socket) => void socket.write(reply('{"error":"no"}', { 'content-type': 'application/json' }, '500 Oops')),
  })
})
afterAll(() => server.stop())

async function begin<O, S, R>(
  connector: Connector<O, S, R>,
  path: string,
  given: object = {},
  headers: Record<string, string> = {},
) {
  const options = connector.options.parse(given)
  const address = addressOf(`${server.url}${path}`, { headers })
  const connection = await connector.open(options, openContext(address))
  const one = trial()
  connection.send(connector.fromMessage({ hi: 1 }, address, options), one.exchange)
  return { one, close: () => connection.close() }
}

async function ask<O, S, R>(...asked: Parameters<typeof begin<O, S, R>>) {
  const begun = await begin(...asked)
  return { ...begun, exchange: await begun.one.settled }
}

describe('compressed replies', () => {
  test.each(['/gzip', '/x-gzip', '/deflate', '/raw-deflate', '/br', '/identity'])('%s is unpacked', async (path) => {
    const { exchange, one, close } = await ask(http, path, { compress: true })
    expect(exchange.failure).toBeUndefined()
    expect(one.text()).toBe(TEXT)
    expect(exchange.bytesReceived, 'as they came over the wire').toBe(Number(exchange.headers['content-length']))
    expect(server.seen.at(-1)?.headers['accept-encoding']).toBe('gzip, deflate, br')
    await close()
  })

  test('an empty one is empty', async () => {
    const { exchange, one, close } = await ask(http, '/empty-gzip', { compress: true })
    expect([exchange.outcome, one.text()]).toEqual(['ok', ''])
    await close()
  })

  timedTest('pieces arrive one by one, each with the moment of its own packet', async () => {
    const { exchange, one, close } = await ask(http, '/drip', { compress: true })
    await close()
    expect([exchange.outcome, one.text()]).toEqual(['ok', 'piece 0;piece 1;piece 2;'])
    expect(one.stamps).toHaveLength(3)
    const gaps = one.stamps.slice(1).map((at, n) => at - (one.stamps[n] ?? 0))
    for (const gap of gaps) expect(gap).toBeGreaterThan(15)
    expect(one.stamps[0]).toBeGreaterThanOrEqual(exchange.firstByteAt)
  })

  test.each([
    ['/bad-gzip', 'bad_encoding', 'stream'],
    ['/cut-gzip', 'bad_encoding', 'stream'],
    ['/stacked', 'bad_encoding', 'headers'],
    ['/zstd', 'bad_encoding', 'headers'],
  ])('%s fails as %s', async (path, failureClass, phase) => {
    const { exchange, close } = await ask(http, path, { compress: true })
    expect(exchange.failure).toMatchObject({ class: failureClass, phase })
    await close()
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('a reset fails it, and what was unpacked before is kept', async () => {
    const { one, close } = await begin(http, '/drip-then-reset', { compress: true })
    await vi.waitFor(() => expect(one.text()).toBe('before the reset'))
    reset()
    expect((await one.settled).failure).toMatchObject({ class: 'reset', phase: 'stream' })
    expect(one.text()).toBe('before the reset')
    await close()
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('the cap counts unpacked bytes', async () => {
    const { exchange, close } = await ask(http, '/bomb', { compress: true })
    expect(exchange.failure).toMatchObject({ class: 'too_big', phase: 'stream' })
    expect(exchange.bytesReceived).toBeLessThan(1024 * 1024)
    await close()
  })
})

describe('sse', () => {
  test('asks for an event stream and takes one', async () => {
    const { exchange, one, close } = await ask(sse, '/events')
    expect([exchange.outcome, one.text()]).toEqual(['ok', 'data: x\n\n'])
    expect(server.seen.at(-1)?.headers.accept).toBe('text/event-stream')
    await close()
  })

  test('the accept header of the target wins', async () => {
    const { close } = await ask(sse, '/events', {}, { Accept: 'text/event-stream, application/json' })
    expect(server.seen.at(-1)?.headers.accept).toBe('text/event-stream, application/json')
    await close()
  })

  test('a page with status 200 is bad_sse and shows how it begins, without control characters', async () => {
    const { exchange, one, close } = await ask(sse, '/html')
    expect(exchange.failure).toMatchObject({ class: 'bad_sse', phase: 'first_token' })
    expect(exchange.failure?.message).toBe(
      `expected text/event-stream, got content type text/html: <html>\\u{1b}[2J${'x'.repeat(190)}`,
    )
    expect(exchange.status).toBe(200)
    expect(exchange.bytesReceived).toBe(Number(exchange.headers['content-length']))
    expect(one.text()).toBe('')
    await close()
  })

  test.each([
    ['/no-type', 'expected text/event-stream, got no content type: {}'],
    ['/no-content', 'expected text/event-stream, got no content type: an empty body'],
    ['/gzip', `expected text/event-stream, got no content type: ${TEXT.slice(0, 200)}`],
  ])('%s: %s', async (path, message) => {
    const { exchange, close } = await ask(sse, path)
    expect(exchange.failure).toMatchObject({ class: 'bad_sse', message })
    expect(exchange.bytesReceived).toBe(Number(exchange.headers['content-length'] ?? 0))
    await close()
  })

  test('an error status is left to the reader of the reply', async () => {
    const { exchange, one, close } = await ask(sse, '/error')
    expect([exchange.outcome, exchange.status, one.text()]).toEqual(['ok', 500, '{"error":"no"}'])
    await close()
  })
})

test('the memory of compressed bytes may be used again after the call', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let text = ''
  const decoder = new BodyDecoder('gzip', {
    decoded: (bytes) => {
      text += Buffer.from(bytes).toString()
    },
    decodedAll: resolve,
    broken: reject,
  })
  const bytes = gzipSync(TEXT)
  decoder.push(bytes, 0)
  bytes.fill(0)
  decoder.end()
  await promise
  expect(text).toBe(TEXT)
})
