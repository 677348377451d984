import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import { MAX_REPLY_BYTES } from '../../src/exchange.ts'
import { type FaultServer, faultServer, listen } from '../servers/http-faults.ts'
import { addressOf, eventLog, openContext, type Trial, trial } from './contract.ts'

let server: FaultServer
beforeAll(async () => {
  server = await faultServer()
})
afterAll(() => server.stop())

const options = http.options.parse({})

/** Sends one message and closes the connection when it is settled. */
async function once(url: string, given = options, method = 'POST'): Promise<Trial & { log: string[] }> {
  const address = addressOf(url)
  const { events, log } = eventLog()
  const connection = await http.open(given, openContext(address, { events }))
  const one = trial()
  connection.send(http.fromStep({ method, path: new URL(url).pathname }, address, given), one.exchange)
  await one.settled
  await connection.close()
  return { ...one, log }
}

describe('a reply that breaks', () => {
  test.each([
    // fault, class, phase, status, text kept
    ['close-before-head', 'closed_early', 'headers', undefined, ''],
    ['reset-before-head', 'reset', 'headers', undefined, ''],
    ['accept-then-close', 'closed_early|reset', 'headers', undefined, ''],
    ['close-in-head', 'closed_early', 'headers', undefined, ''],
    ['reset-in-head', 'reset', 'headers', undefined, ''],
    ['close-in-length', 'closed_early', 'stream', 200, 'hello'],
    ['close-in-length-closing', 'closed_early', 'stream', 200, 'hello'],
    ['reset-in-length', 'reset', 'stream', 200, 'hello'],
    ['reset-in-length-closing', 'reset', 'stream', 200, 'hello'],
    ['close-in-chunk', 'closed_early', 'stream', 200, 'hello'],
    ['close-in-chunk-closing', 'closed_early', 'stream', 200, 'hello'],
    ['close-between-chunks', 'closed_early', 'stream', 200, 'hello'],
    ['reset-in-chunk', 'reset', 'stream', 200, 'hello'],
    ['framed-by-reset', 'reset', 'stream', 200, 'hello'],
    ['bad-chunk-size', 'bad_http', 'stream', 200, ''],
    ['bare-lf', 'bad_http', 'headers', undefined, ''],
    ['bad-status', 'bad_http', 'headers', undefined, ''],
    ['nul-in-header', 'bad_http', 'headers', undefined, ''],
    ['not-http', 'bad_http', 'headers', undefined, ''],
    ['length-and-chunked', 'bad_http', 'headers', undefined, ''],
    ['two-lengths', 'bad_http', 'headers', undefined, ''],
    ['huge-header', 'bad_http', 'headers', undefined, ''],
    ['switching', 'bad_http', 'headers', undefined, ''],
    ['hints', 'bad_http', 'headers', undefined, ''],
  ])('%s: %s in phase %s', async (fault, failureClass, phase, status, text) => {
    const before = server.seen.length
    const { exchange, text: kept, log } = await once(`${server.url}/${fault}`)
    expect(exchange.outcome).toBe('failed')
    expect(failureClass.split('|')).toContain(exchange.failure?.class)
    expect(exchange.failure?.phase).toBe(phase)
    expect(exchange.status).toBe(status)
    expect(kept()).toBe(text)
    expect(exchange.sentAt).toBeGreaterThan(0)
    expect(server.seen.length - before, 'requests that the server read').toBe(1)
    expect(log[0]).toBe('opened')
    expect(log).toHaveLength(2)
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test.each([
    ['huge-header', 'larger than 16 KiB'],
    ['two-lengths', 'contradict'],
    ['hints', 'more than 100 informational'],
  ])('%s: the message says %s', async (fault, words) => {
    expect((await once(`${server.url}/${fault}`)).exchange.failure?.message).toContain(words)
  })

  test('it is told to the connection as a loss, a bad reply is not', async () => {
    expect((await once(`${server.url}/close-in-length`)).log).toEqual(['opened', 'lost closed_early'])
    expect((await once(`${server.url}/reset-in-chunk`)).log).toEqual(['opened', 'lost reset'])
    expect((await once(`${server.url}/not-http`)).log).toEqual(['opened', 'closed'])
  })
})

describe('a reply that is odd but complete', () => {
  test.each([
    ['ok', 200, 'ok', []],
    ['hint', 200, 'ok', []],
    ['continue', 200, 'ok', []],
    ['status-999', 999, 'odd', []],
    ['no-content', 204, '', []],
    ['not-modified', 304, '', []],
    ['closing', 200, 'ok', []],
    ['http-1.0', 200, 'ok', []],
    ['framed-by-close', 200, 'hello', ['unverified_end']],
    ['extra-bytes', 200, 'ok', ['extra_bytes']],
    ['extra-junk', 200, 'ok', ['extra_bytes']],
  ])('%s: status %i, body "%s", warnings %j', async (fault, status, body, warnings) => {
    const { exchange, text } = await once(`${server.url}/${fault}`)
    expect(exchange.failure).toBeUndefined()
    expect([exchange.outcome, exchange.status, text(), exchange.warnings]).toEqual(['ok', status, body, warnings])
  })

  test('HEAD has no body, whatever its length says', async () => {
    const { exchange, text } = await once(`${server.url}/ok`, options, 'HEAD')
    expect([exchange.outcome, exchange.status, text(), exchange.headers['content-length']]).toEqual(['ok', 200, '', '2'])
  })

  test('a connection with extra bytes is not used again', async () => {
    const address = addressOf(`${server.url}/extra-bytes`)
    const connection = await http.open(options, openContext(address))
    const before = server.connections()
    for (let n = 0; n < 3; n += 1) {
      const one = trial()
      connection.send(http.fromMessage('hi', address, options), one.exchange)
      expect((await one.settled).reused).toBe(false)
    }
    expect(server.connections() - before).toBe(3)
    await connection.close()
  })

  test('a reply without end is cut at the cap, and the socket is freed', async () => {
    const { exchange } = await once(`${server.url}/huge`)
    expect(exchange.failure).toMatchObject({ class: 'too_big', phase: 'stream' })
    expect(exchange.bytesReceived).toBeGreaterThan(MAX_REPLY_BYTES)
    expect(exchange.bytesReceived).toBeLessThan(MAX_REPLY_BYTES + 1024 * 1024)
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })
})

describe('a connection that cannot be made', () => {
  test('refused', async () => {
    const closed = createServer()
    const port = await listen(closed)
    await new Promise((resolve) => closed.close(resolve))
    const { exchange, log } = await once(`http://127.0.0.1:${port}/`)
    expect(exchange.failure).toMatchObject({ class: 'refused', phase: 'connect', code: 'ECONNREFUSED' })
    expect(exchange.failure?.message).toContain('nothing listens there')
    expect(exchange.sentAt).toBeNaN()
    expect(log).toEqual(['openFailed refused'])
  })

  test('no such name', async () => {
    const { exchange, log } = await once('http://no-such-host.invalid/')
    expect(exchange.failure).toMatchObject({ class: 'dns', phase: 'dns' })
    expect(log).toEqual(['openFailed dns'])
  })

  test('no such Unix socket', async () => {
    const { exchange } = await once('http://localhost/', http.options.parse({ unixSocket: 'no-such.sock' }))
    expect(exchange.failure).toMatchObject({ class: 'refused', phase: 'connect', code: 'ENOENT' })
  })
})

describe('nothing is ever sent twice', () => {
  test('a server that closes kept connections after each reply: every request arrives at most once', async () => {
    const racing = await faultServer({
      '/race': (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        setTimeout(() => socket.end(), Math.random() * 3)
      },
    })
    const address = addressOf(`${racing.url}/race`)
    const connection = await http.open(options, openContext(address))
    const outcomes = { ok: 0, failed: 0 }
    for (let n = 0; n < 200; n += 1) {
      const one = trial()
      connection.send(http.fromMessage({ n }, address, options), one.exchange)
      const { outcome, failure, reused } = await one.settled
      outcomes[outcome === 'ok' ? 'ok' : 'failed'] += 1
      if (failure) expect([['reset', 'closed_early'].includes(failure.class), reused]).toEqual([true, true])
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    }
    const bodies = racing.seen.map(({ body }) => body)
    expect(new Set(bodies).size).toBe(bodies.length)
    expect(bodies.length).toBeGreaterThanOrEqual(outcomes.ok)
    expect(outcomes.ok + outcomes.failed).toBe(200)
    await connection.close()
    await racing.stop()
  })

  test('a kept connection that the server closes on the next request: a failure with reused, not a second try', async () => {
    const mean = await faultServer({
      '/second': (socket) =>
        mean.seen.length % 2 === 1 ? socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok') : socket.resetAndDestroy(),
    })
    const address = addressOf(`${mean.url}/second`)
    const { events, log } = eventLog()
    const connection = await http.open(options, openContext(address, { events }))
    const seen: unknown[] = []
    for (let n = 0; n < 4; n += 1) {
      const one = trial()
      connection.send(http.fromMessage({ n }, address, options), one.exchange)
      const { outcome, failure, reused } = await one.settled
      seen.push([outcome, failure?.class, reused])
    }
    expect(seen).toEqual([
      ['ok', undefined, false],
      ['failed', 'reset', true],
      ['ok', undefined, false],
      ['failed', 'reset', true],
    ])
    expect(mean.seen).toHaveLength(4)
    expect(mean.connections()).toBe(2)
    await connection.close()
    expect(log).toEqual(['opened', 'lost reset', 'opened', 'reconnected', 'lost reset'])
    await mean.stop()
  })
})
