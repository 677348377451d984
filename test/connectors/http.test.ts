import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import { type HttpRequest, http } from '../../src/connectors/http.ts'
import type { Connection } from '../../src/connectors/wire/connector.ts'
import { CHUNKED, chunk, type FaultServer, faultServer, listen, reply } from '../servers/http-faults.ts'
import { timedTest } from '../support/quiet.ts'
import { addressOf, eventLog, openContext, type Trial, trial } from './contract.ts'

let server: FaultServer
/** Sends the end of the last body of /slow-end; resolves when it has been handed to the network. */
let finish: () => Promise<void>
const open: Connection<HttpRequest>[] = []
beforeEach(async () => {
  server = await faultServer({
    '/done-then-hang': (socket) => void socket.write(CHUNKED + chunk('[DONE]')),
    '/done-then-pour': (socket) =>
      void socket.write(Buffer.concat([Buffer.from(CHUNKED), chunk('[DONE]'), chunk(Buffer.alloc(1_000_000))])),
    '/done-then-end': (socket) => void socket.write(CHUNKED + chunk('[DONE]'), () => socket.write('0\r\n\r\n')),
    '/slow-end': (socket) => {
      socket.write(CHUNKED + chunk('[DONE]'))
      finish = () => new Promise((resolve) => socket.write('0\r\n\r\n', () => resolve()))
    },
    '/hint-1s': (socket) => void socket.write(reply('ok', { 'keep-alive': 'timeout=1' })),
    '/pieces': (socket) => void socket.write(`${CHUNKED + chunk('a') + chunk('b') + chunk('c')}0\r\n\r\n`),
  })
})
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close()
  await server.stop()
})

async function connect(path: string, given: object = {}) {
  const options = http.options.parse(given)
  const address = addressOf(`${server.url}${path}`)
  const { events, log } = eventLog()
  const connection = await http.open(options, openContext(address, { events }))
  open.push(connection)
  const send = (endsWith?: string, body: unknown = { hello: 'world' }): Trial => {
    const one = trial(endsWith)
    connection.send(http.fromMessage(body, address, options), one.exchange)
    return one
  }
  return { connection, send, log }
}

describe('connections', () => {
  test('100 requests go over one connection; only the first has connect times', async () => {
    const { send } = await connect('/ok')
    for (let n = 0; n < 100; n += 1) {
      const { outcome, reused, connect: times } = await send().settled
      expect([outcome, reused, times !== undefined]).toEqual(['ok', n > 0, n === 0])
    }
    expect(server.seen).toHaveLength(100)
    expect(server.connections()).toBe(1)
    expect(new Set(server.seen.map(({ headers }) => headers.connection))).toEqual(new Set(['keep-alive']))
  })

  test('the stages of a plain connection to an address: connect alone', async () => {
    const { send } = await connect('/ok')
    const { connect: times, sentAt, intended } = await send().settled
    expect(times).toMatchObject({ dnsMs: null, tlsMs: null })
    expect(times?.connectMs).toBeGreaterThan(0)
    expect(times?.connectMs).toBeLessThanOrEqual(sentAt - intended)
  })

  test('sent is not before the connection is up', async () => {
    const order: string[] = []
    const { connection } = await connect('/ok')
    const one = trial()
    const { connected, sent } = one.exchange
    Object.assign(one.exchange, {
      connected(...parts: Parameters<typeof connected>) {
        order.push('connected')
        connected.apply(one.exchange, parts)
      },
      sent(bytes: number) {
        order.push('sent')
        sent.call(one.exchange, bytes)
      },
    })
    const options = http.options.parse({})
    connection.send(http.fromMessage('x', addressOf(`${server.url}/ok`), options), one.exchange)
    expect(order).toEqual([])
    await one.settled
    expect(order).toEqual(['connected', 'sent'])
  })

  test.each([
    [{ connection: 'new' }, 'keep-alive'],
    [{ keepAlive: false }, 'close'],
    [{ keepAlive: false, connection: 'new' }, 'close'],
  ])('%j: a connection for each request, header connection: %s', async (given, header) => {
    const { send, log } = await connect('/ok', given)
    for (let n = 0; n < 3; n += 1) expect((await send().settled).reused).toBe(false)
    expect(server.connections()).toBe(3)
    expect(server.seen.map(({ headers }) => headers.connection)).toEqual([header, header, header])
    await vi.waitFor(() => expect(log.filter((event) => event === 'closed')).toHaveLength(3))
  })

  test('a server that closes after the reply is no loss', async () => {
    const { send, log } = await connect('/closing')
    await send().settled
    await send().settled
    await vi.waitFor(() => expect(log).toEqual(['opened', 'closed', 'opened', 'closed']))
  })

  test('an idle connection that the server closed is replaced before anything is written', async () => {
    const { send, log } = await connect('/ok')
    await send().settled
    server.resetAll()
    await vi.waitFor(() => expect(log).toEqual(['opened', 'lost reset']))
    expect(await send().settled).toMatchObject({ outcome: 'ok', reused: false })
    expect(log).toEqual(['opened', 'lost reset', 'opened', 'reconnected'])
  })

  test("the server's keep-alive hint ends an idle connection on our side", async () => {
    const { send, log } = await connect('/hint-1s')
    await send().settled
    await vi.waitFor(() => expect(log).toEqual(['opened', 'closed']), 2000)
  })

  test('a Unix socket in place of host and port', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socket-'))
    const path = join(folder, 'http.sock')
    const local = await faultServer({}, { path })
    const { send } = await connect('/ok', { unixSocket: path })
    const exchange = await send().settled
    expect([exchange.outcome, exchange.connect?.dnsMs, local.seen.length, server.seen.length]).toEqual(['ok', null, 1, 0])
    await local.stop()
    rmSync(folder, { recursive: true })
  })

  test('aborting the signal cuts what is under way and closes the socket', async () => {
    const abort = new AbortController()
    const address = addressOf(`${server.url}/hang`)
    const options = http.options.parse({})
    const connection = await http.open(options, openContext(address, { signal: abort.signal }))
    const one = trial()
    connection.send(http.fromMessage('x', address, options), one.exchange)
    await vi.waitFor(() => expect(server.seen).toHaveLength(1))
    abort.abort()
    expect((await one.settled).outcome).toBe('cut')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })
})

describe('names', () => {
  const at = (host: string) => `${server.url.replace('127.0.0.1', host)}/ok`

  async function ask(url: string, given: object) {
    const options = http.options.parse(given)
    const connection = await http.open(options, openContext(addressOf(url)))
    open.push(connection)
    const one = trial()
    connection.send(http.fromMessage('x', addressOf(url), options), one.exchange)
    return one.settled
  }

  test('dns.hosts gives the address; the Host header keeps the name', async () => {
    const exchange = await ask(at('api.example'), { dns: { hosts: { 'api.example': '127.0.0.1' } } })
    expect([exchange.outcome, exchange.connect?.dnsMs]).toEqual(['ok', null])
    expect(server.seen[0]?.headers.host).toBe(`api.example:${server.port}`)
  })

  test('localhost reaches a server that listens on IPv4 only; a look-up is timed, a remembered one is not', async () => {
    const first = await ask(at('localhost'), { dns: { ttl: '0s' } })
    const second = await ask(at('localhost'), {})
    expect([first.outcome, second.outcome]).toEqual(['ok', 'ok'])
    expect(first.connect?.dnsMs).toBeGreaterThan(0)
    expect(second.connect?.dnsMs).toBeNull()
  })
})

describe('cancel', () => {
  test('frees the socket at once; the next request makes a new connection', async () => {
    const { connection, send, log } = await connect('/hang')
    const one = send()
    await vi.waitFor(() => expect(server.seen).toHaveLength(1))
    expect(server.openSockets()).toBe(1)
    one.exchange.fail('timeout_headers', 'headers', 'deadline')
    connection.cancel(one.exchange)
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    send()
    await vi.waitFor(() => expect(server.seen).toHaveLength(2))
    expect(server.connections()).toBe(2)
    expect(log).toEqual(['opened', 'closed', 'opened'])
  })

  test('while it connects: no request leaves', async () => {
    const { connection, send, log } = await connect('/ok')
    const one = send()
    one.exchange.fail('connect_timeout', 'connect', 'deadline')
    connection.cancel(one.exchange)
    expect((await send().settled).outcome).toBe('ok')
    expect(server.seen).toHaveLength(1)
    expect(log).toEqual(['opened'])
    expect(one.exchange.sentAt).toBeNaN()
  })

  test('a TLS handshake that never answers can be cancelled', async () => {
    let sockets = 0
    const mute = createServer((socket) => {
      sockets += 1
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets -= 1
      })
      socket.resume()
    })
    const port = await listen(mute)
    const address = addressOf(`https://127.0.0.1:${port}/`)
    const options = http.options.parse({})
    const connection = await http.open(options, openContext(address))
    const one = trial()
    connection.send(http.fromMessage('x', address, options), one.exchange)
    await vi.waitFor(() => expect(sockets).toBe(1))
    expect(one.exchange.settled).toBe(false)
    one.exchange.fail('connect_timeout', 'tls', 'deadline')
    connection.cancel(one.exchange)
    await vi.waitFor(() => expect(sockets).toBe(0))
    await connection.close()
    await new Promise((resolve) => mute.close(resolve))
  })
})

describe('after the terminal event', () => {
  test('the end of the body may come in a later packet: the connection is kept, also for an immediate next request', async () => {
    const { send } = await connect('/done-then-end')
    for (let n = 0; n < 20; n += 1) expect((await send('[DONE]').settled).reused).toBe(n > 0)
    expect(server.connections()).toBe(1)
  })

  test('a body that ends within a second leaves the connection usable', async () => {
    const { send } = await connect('/slow-end')
    await send('[DONE]').settled
    await finish()
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect((await send('[DONE]').settled).reused).toBe(true)
    expect(server.connections()).toBe(1)
  })

  timedTest('a next request does not wait for the old body: it takes a new connection', async () => {
    const { send } = await connect('/done-then-hang')
    await send('[DONE]').settled
    const begin = now()
    expect(await send('[DONE]').settled).toMatchObject({ outcome: 'ok', reused: false })
    expect(now() - begin).toBeLessThan(500)
    expect(server.connections()).toBe(2)
    await vi.waitFor(() => expect(server.openSockets()).toBe(1))
  })

  test('a body that does not end within a second costs the connection', async () => {
    const { send, log } = await connect('/done-then-hang')
    const begin = now()
    await send('[DONE]').settled
    expect(server.openSockets()).toBe(1)
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect(now() - begin).toBeGreaterThan(900)
    expect(log).toEqual(['opened', 'closed'])
  })

  timedTest('too much of a rest costs the connection', async () => {
    const { send } = await connect('/done-then-pour')
    const one = send('[DONE]')
    expect((await one.settled).outcome).toBe('ok')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0), 800)
    expect(one.text()).toBe('[DONE]')
  })
})

test('pieces that one packet brought have one stamp', async () => {
  const { send } = await connect('/pieces')
  const one = send()
  const exchange = await one.settled
  expect(one.heard).toEqual(['head', 'data', 'data', 'data', 'end'])
  expect(new Set(one.stamps).size).toBe(1)
  expect(one.stamps[0]).toBeGreaterThanOrEqual(exchange.firstByteAt)
})
