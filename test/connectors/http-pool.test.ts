import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { now } from '../../src/clock.ts'
import { type HttpRequest, http, join as share } from '../../src/connectors/http.ts'
import type { TargetAddress } from '../../src/connectors/wire/connector.ts'
import { CHUNKED, chunk, type Fault, type FaultServer, faultServer, listen, reply } from '../servers/http-faults.ts'
import { testCertificates } from '../servers/tls.ts'
import { timedTest } from '../support/quiet.ts'
import { addressOf, eventLog, openContext, type Trial, trial } from './contract.ts'

let server: FaultServer
/** Replies that are held back until the test lets them go, in the order of their requests. */
let held: (() => void)[]
/** Most connections that were open when a request came. */
let peak: number
const closers: (() => Promise<void>)[] = []

const counted = (fault: Fault): Fault => {
  return (socket, request) => {
    peak = Math.max(peak, server.openSockets())
    fault(socket, request)
  }
}
const answer = reply('ok')

beforeEach(async () => {
  held = []
  peak = 0
  server = await faultServer({
    '/count': counted((socket) => void socket.write(answer)),
    '/hold': counted((socket) => void held.push(() => socket.write(answer))),
    '/leave': counted((socket) => void socket.end(reply('ok', { connection: 'close' }))),
    '/away': (socket) => void socket.write(reply('', { location: '/count' }, '302 Found')),
    '/away-closing': (socket) => void socket.end(reply('', { location: '/count', connection: 'close' }, '302 Found')),
    '/away-slowly': (socket) => {
      const head = `HTTP/1.1 302 Found\r\nlocation: /done-then-hang\r\ntransfer-encoding: chunked\r\n\r\n`
      socket.write(head + chunk('moved'))
      setTimeout(() => socket.write('0\r\n\r\n'), 30)
    },
    '/away-endlessly': (socket) =>
      void socket.write(`HTTP/1.1 302 Found\r\nlocation: /count\r\ntransfer-encoding: chunked\r\n\r\n${chunk('moved')}`),
    '/away-at-length': (socket) => void socket.write(reply('x'.repeat(300_000), { location: '/count' }, '302 Found')),
    '/done-then-hang': (socket) => void socket.write(CHUNKED + chunk('[DONE]')),
    '/done-then-end': (socket) => void socket.write(CHUNKED + chunk('[DONE]'), () => socket.write('0\r\n\r\n')),
    '/second-reset': (socket, { connection }) => secondOf(connection, socket, () => socket.resetAndDestroy()),
    '/second-end': (socket, { connection }) => secondOf(connection, socket, () => socket.end()),
  })
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await server.stop()
})

/** The first request of a connection is answered, the next one is not. */
function secondOf(connection: number, socket: import('node:net').Socket, end: () => void): void {
  if (server.seen.filter((one) => one.connection === connection).length > 1) end()
  else socket.write(answer)
}

/** Users of one target. `send` sends as one of them, `log` is what the connections told. */
async function crowd(users: number, given: object = {}, url = server.url, rest: Partial<TargetAddress> = {}) {
  const options = http.options.parse({ connection: 'shared', ...given })
  const address = addressOf(url, rest)
  const { events, log } = eventLog()
  const connections = await Promise.all(
    Array.from({ length: users }, (_, userId) => http.open(options, openContext(address, { events, userId }))),
  )
  const closeAll = async () => void (await Promise.all(connections.map((connection) => connection.close())))
  closers.push(closeAll)
  const request = (path: string, n?: number): HttpRequest =>
    http.fromStep({ method: 'POST', path, ...(n === undefined ? {} : { json: n }) }, address, options)
  const send = (user: number, path: string, n?: number, endsWith?: string): Trial => {
    const one = trial(endsWith)
    connections[user]?.send(request(path, n), one.exchange)
    return one
  }
  return { connections, send, log, closeAll }
}

const settled = (trials: readonly Trial[]) => Promise.all(trials.map((one) => one.settled))
const count = (log: readonly string[], event: string) => log.filter((one) => one === event).length

describe('sharing', () => {
  test('50 users over 5 connections: at most 5 sockets, every request once, connect times with those who connected', async () => {
    const { send, log } = await crowd(50, { maxConnections: 5 })
    const exchanges = []
    for (let round = 0; round < 10; round += 1)
      exchanges.push(...(await settled(Array.from({ length: 50 }, (_, user) => send(user, '/count', round * 50 + user)))))
    expect(exchanges.map(({ outcome }) => outcome)).toEqual(Array(500).fill('ok'))
    const bodies = server.seen.map(({ body }) => Number(body))
    expect(bodies.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n))
    expect([server.connections(), peak, log]).toEqual([5, 5, Array(5).fill('opened')])
    expect(exchanges.filter(({ connect }) => connect !== undefined)).toHaveLength(5)
    expect(exchanges.filter(({ connect, reused }) => (connect === undefined) !== reused)).toEqual([])
  })

  test('no more connections are made than there are requests at a time', async () => {
    const { send, log } = await crowd(20, { maxConnections: 10 })
    for (let user = 0; user < 20; user += 1) await send(user, '/count').settled
    expect([server.connections(), log]).toEqual([1, ['opened']])
  })

  test('who waits is served in the order of coming', async () => {
    const { send } = await crowd(40, { maxConnections: 1 })
    const trials = Array.from({ length: 40 }, (_, n) => send((n * 7) % 40, '/count', n))
    const exchanges = await settled(trials)
    expect(server.seen.map(({ body }) => Number(body))).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(new Set(server.seen.map(({ connection }) => connection))).toEqual(new Set([1]))
    // the wait is over when the one before has its end: neither is part of the other's time
    for (const [n, { sentAt }] of exchanges.entries())
      if (n > 0) expect(sentAt).toBeGreaterThanOrEqual(exchanges[n - 1]?.endedAt ?? Number.NaN)
  })

  test('a wait is stamped as one: sent when the request is handed to the socket', async () => {
    const { send } = await crowd(2, { maxConnections: 1 })
    const first = send(0, '/hold')
    await vi.waitFor(() => expect(held).toHaveLength(1))
    const second = send(1, '/count')
    expect([second.exchange.sentAt, server.seen.length]).toEqual([Number.NaN, 1])
    const released = now()
    held[0]?.()
    const [one, two] = await settled([first, second])
    expect(two?.sentAt).toBeGreaterThanOrEqual(released)
    expect(two?.sentAt).toBeGreaterThanOrEqual(one?.endedAt ?? Number.NaN)
    expect([two?.reused, two?.connect, two?.intended === second.exchange.intended]).toEqual([true, undefined, true])
  })

  test('targets with options of their own have pools of their own', async () => {
    const [one, two] = [await crowd(3, { maxConnections: 1 }), await crowd(3, { maxConnections: 1 })]
    await settled([0, 1, 2].flatMap((user) => [one.send(user, '/count'), two.send(user, '/count')]))
    expect([server.connections(), one.log, two.log]).toEqual([2, ['opened'], ['opened']])
  })
})

describe('the ends of connections', () => {
  test('what the server closed while idle is taken out before anything is written', async () => {
    const { send, log } = await crowd(6, { maxConnections: 3 })
    const all = () => settled(Array.from({ length: 6 }, (_, user) => send(user, '/count')))
    await all()
    server.resetAll()
    await vi.waitFor(() => expect(count(log, 'lost reset')).toBe(3))
    const after = await all()
    expect(after.map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'))
    expect(after.filter(({ reused }) => !reused)).toHaveLength(3)
    expect([server.connections(), count(log, 'opened'), count(log, 'reconnected')]).toEqual([6, 6, 3])
  })

  test('Connection: close is honoured, and the places go on to those who wait', async () => {
    const { send, log, closeAll } = await crowd(30, { maxConnections: 3 })
    const exchanges = await settled(Array.from({ length: 30 }, (_, user) => send(user, '/leave')))
    expect(exchanges.map(({ outcome, reused }) => [outcome, reused])).toEqual(Array(30).fill(['ok', false]))
    expect([server.connections(), server.seen.length]).toEqual([30, 30])
    await closeAll()
    expect([count(log, 'opened'), count(log, 'closed'), log.length]).toEqual([30, 30, 60])
  })

  test('we never count more than maxConnections as open', async () => {
    const { send, log } = await crowd(30, { maxConnections: 3 })
    await settled(Array.from({ length: 30 }, (_, user) => send(user, '/leave')))
    let open = 0
    const most = log.reduce((top, event) => {
      open += event === 'opened' ? 1 : -1
      return Math.max(top, open)
    }, 0)
    expect(most).toBe(3)
  })

  test.each([
    ['a reset', '/second-reset'],
    ['an end', '/second-end'],
  ])('%s of a kept connection when the request comes: class reset, reused, sent once', async (_name, path) => {
    const { send, log } = await crowd(2, { maxConnections: 1 })
    const seen = []
    for (let n = 0; n < 4; n += 1) {
      const { outcome, failure, reused } = await send(n % 2, path, n).settled
      seen.push([outcome, failure?.class, failure?.phase, reused])
    }
    const fresh = ['ok', undefined, undefined, false]
    const raced = ['failed', 'reset', 'headers', true]
    expect(seen).toEqual([fresh, raced, fresh, raced])
    expect(server.seen.map(({ body }) => body)).toEqual(['0', '1', '2', '3'])
    await vi.waitFor(() => expect(log).toEqual(['opened', 'lost reset', 'opened', 'reconnected', 'lost reset']))
  })

  test('a reply that breaks fails alone; who waits gets a new connection', async () => {
    const { send, log } = await crowd(3, { maxConnections: 1 })
    const trials = [send(0, '/close-in-length'), send(1, '/count'), send(2, '/count')]
    const exchanges = await settled(trials)
    expect(exchanges.map(({ failure, outcome, reused }) => [failure?.class ?? outcome, reused])).toEqual([
      ['closed_early', false],
      ['ok', false],
      ['ok', true],
    ])
    expect(log).toEqual(['opened', 'lost closed_early', 'opened', 'reconnected'])
  })

  timedTest('nobody waits long for the rest of a body that nobody needs', async () => {
    const { send } = await crowd(3, { maxConnections: 1 })
    const begin = now()
    const exchanges = await settled([0, 1, 2].map((user) => send(user, '/done-then-hang', user, '[DONE]')))
    expect(exchanges.map(({ outcome, reused }) => [outcome, reused])).toEqual(Array(3).fill(['ok', false]))
    expect(now() - begin).toBeLessThan(800)
    expect(server.connections()).toBe(3)
  })

  test('the end of a body in a later packet costs no connection', async () => {
    const { send } = await crowd(10, { maxConnections: 1 })
    await settled(Array.from({ length: 10 }, (_, user) => send(user, '/done-then-end', user, '[DONE]')))
    expect(server.connections()).toBe(1)
  })
})

describe('who gives up', () => {
  test('in line: no request leaves, and the others move up', async () => {
    const { connections, send } = await crowd(3, { maxConnections: 1 })
    const [first, second, third] = [send(0, '/hold', 0), send(1, '/count', 1), send(2, '/count', 2)] as const
    await vi.waitFor(() => expect(held).toHaveLength(1))
    second.exchange.fail('connect_timeout', 'connect', 'connecting took longer than 5 ms')
    connections[1]?.cancel(second.exchange)
    held[0]?.()
    await settled([first, third])
    expect(server.seen.map(({ body }) => body)).toEqual(['0', '2'])
    expect(second.exchange.failure).toEqual({
      class: 'timeout_pool',
      phase: 'connect',
      message: 'connecting took longer than 5 ms: the one shared connection was busy (maxConnections)',
    })
    expect(second.exchange.sentAt).toBeNaN()
  })

  test('under way: the connection is freed, and the next in line makes one', async () => {
    const { connections, send, log } = await crowd(2, { maxConnections: 1 })
    const first = send(0, '/hang')
    await vi.waitFor(() => expect(server.seen).toHaveLength(1))
    const second = send(1, '/count')
    first.exchange.fail('timeout_headers', 'headers', 'deadline')
    connections[0]?.cancel(first.exchange)
    expect(await second.settled).toMatchObject({ outcome: 'ok', reused: false })
    expect(log).toEqual(['opened', 'closed', 'opened'])
    expect(first.exchange.failure?.message).toBe('deadline')
  })

  test('while it connects after a long wait: the next in line gets the connection', async () => {
    const { connections, send, log } = await crowd(3, { maxConnections: 1 })
    const [first, second, third] = [send(0, '/count', 0), send(1, '/count', 1), send(2, '/count', 2)] as const
    const later = performance.now() + 1000
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later)
    for (const [user, { exchange }] of [first, second].entries()) {
      exchange.fail('connect_timeout', 'connect', 'deadline')
      connections[user]?.cancel(exchange)
    }
    clock.mockRestore()
    expect(await third.settled).toMatchObject({ outcome: 'ok', reused: false })
    expect(second.exchange.failure).toMatchObject({ class: 'timeout_pool', phase: 'connect' })
    expect([log, server.connections()]).toEqual([['opened'], 1])
  })

  test('while it connects: the next in line connects', async () => {
    const { connections, send, log } = await crowd(2, { maxConnections: 1 })
    const [first, second] = [send(0, '/count', 0), send(1, '/count', 1)]
    first.exchange.cancel()
    connections[0]?.cancel(first.exchange)
    expect((await second.settled).outcome).toBe('ok')
    expect([server.seen.map(({ body }) => body), log]).toEqual([['1'], ['opened']])
  })

  test('a target that refuses is told to each by an attempt of its own', async () => {
    const closed = createServer()
    const port = await listen(closed)
    await new Promise((resolve) => closed.close(resolve))
    const { send, log } = await crowd(12, { maxConnections: 2 }, `http://127.0.0.1:${port}`)
    const exchanges = await settled(Array.from({ length: 12 }, (_, user) => send(user, '/')))
    expect(exchanges.map(({ failure }) => [failure?.class, failure?.phase])).toEqual(Array(12).fill(['refused', 'connect']))
    expect(log).toEqual(Array(12).fill('openFailed refused'))
  })
})

describe('redirects', () => {
  test('keep the connection: others do not come between the two requests', async () => {
    const { send } = await crowd(3, { maxConnections: 1, maxRedirects: 1 })
    await settled([send(0, '/away'), send(1, '/count', 1), send(2, '/count', 2)])
    expect(server.seen.map(({ target, body }) => target + body)).toEqual(['/away', '/count', '/count1', '/count2'])
    expect(server.connections()).toBe(1)
  })

  test('that close the connection go before those who wait', async () => {
    const { send } = await crowd(3, { maxConnections: 1, maxRedirects: 1 })
    const exchanges = await settled([send(0, '/away-closing'), send(1, '/count', 1), send(2, '/count', 2)])
    expect(exchanges.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok'])
    expect(server.seen.map(({ target, body }) => target + body)).toEqual(['/away-closing', '/count', '/count1', '/count2'])
    expect(server.connections()).toBe(2)
  })

  test('may take their time with a body: nobody else needs its connection more', async () => {
    const { send } = await crowd(2, { maxConnections: 1, maxRedirects: 1 })
    const exchanges = await settled([send(0, '/away-slowly', undefined, '[DONE]'), send(1, '/count', 1)])
    expect(exchanges.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
    expect(server.seen.map(({ target }) => target)).toEqual(['/away-slowly', '/done-then-hang', '/count'])
  })

  test('do not make the rest of the last body be waited for without end', async () => {
    const { send, log } = await crowd(1, { maxConnections: 1, maxRedirects: 1 })
    expect((await send(0, '/away-slowly', undefined, '[DONE]').settled).outcome).toBe('ok')
    // More than one where the body of the redirect took too long, as on a machine that stood still.
    await vi.waitFor(() => expect([log.length, count(log, 'closed')]).toEqual([2 * count(log, 'opened'), count(log, 'opened')]))
  })

  test.each([
    ['shared', '/away-endlessly'],
    ['shared', '/away-at-length'],
    ['user', '/away-endlessly'],
    ['user', '/away-at-length'],
    ['new', '/away-at-length'],
  ])('whose body is too long to be read are followed over another connection (%s, %s)', async (connection, path) => {
    const pool = connection === 'shared' ? { maxConnections: 1 } : {}
    const { send } = await crowd(1, { connection, maxRedirects: 1, ...pool })
    const { outcome, status, warnings } = await send(0, path).settled
    expect([outcome, status, warnings]).toEqual(['ok', 200, ['redirected']])
    expect([server.seen.map(({ target }) => target), server.connections()]).toEqual([[path, '/count'], 2])
    expect((await send(0, '/count').settled).outcome).toBe('ok')
  })

  test('to another origin free the connection for others', async () => {
    const other = await faultServer()
    const away = await faultServer({
      '/out': (socket) => void socket.write(reply('', { location: `${other.url}/ok` }, '302 Found')),
    })
    const given = { maxConnections: 1, maxRedirects: 1, crossOriginRedirects: true }
    const { send, closeAll } = await crowd(4, given, away.url)
    const exchanges = await settled([0, 1, 2, 3].map((user) => send(user, '/out')))
    expect(exchanges.map(({ outcome, status }) => [outcome, status])).toEqual(Array(4).fill(['ok', 200]))
    expect([away.connections(), other.connections(), other.seen.length]).toEqual([1, 1, 4])
    await closeAll()
    await vi.waitFor(() => expect([away.openSockets(), other.openSockets()]).toEqual([0, 0]))
    await Promise.all([other.stop(), away.stop()])
  })
})

describe('leaving', () => {
  test('the connections outlive each user but the last', async () => {
    const { connections, send, log } = await crowd(3, { maxConnections: 2 })
    await settled([0, 1, 2].map((user) => send(user, '/count')))
    await connections[0]?.close()
    await connections[0]?.close()
    await connections[1]?.close()
    expect([server.openSockets(), (await send(2, '/count').settled).reused]).toEqual([2, true])
    await connections[2]?.close()
    expect(log).toEqual(['opened', 'opened', 'closed', 'closed'])
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  })

  test('cuts what the user has in line and under way, and nothing of others', async () => {
    const { connections, send } = await crowd(3, { maxConnections: 1 })
    const [first, second, third] = [send(0, '/hang'), send(1, '/count', 1), send(2, '/count', 2)] as const
    await vi.waitFor(() => expect(server.seen).toHaveLength(1))
    await connections[1]?.close()
    expect([second.exchange.outcome, first.exchange.outcome]).toEqual(['cut', undefined])
    await connections[0]?.close()
    expect([(await first.settled).outcome, (await third.settled).outcome]).toEqual(['cut', 'ok'])
    expect(send(0, '/count').exchange.outcome).toBe('cut')
    expect(server.seen.map(({ body }) => body)).toEqual(['', '2'])
  })

  test('all at once leaves no socket, nor a place in line', async () => {
    const { send, log, closeAll } = await crowd(20, { maxConnections: 4 })
    const trials = Array.from({ length: 20 }, (_, user) => send(user, '/hang'))
    await vi.waitFor(() => expect(server.seen).toHaveLength(4))
    await closeAll()
    expect((await settled(trials)).map(({ outcome }) => outcome)).toEqual(Array(20).fill('cut'))
    expect([count(log, 'opened'), count(log, 'closed')]).toEqual([4, 4])
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect(server.seen).toHaveLength(4)
  })

  test('leaving twice counts once', async () => {
    const key = {}
    const made: string[] = []
    const make = () => ({ close: () => void made.push('closed') })
    const [one, two] = [share(key, make), share(key, make)]
    expect(one.thing).toBe(two.thing)
    await one.leave()
    await one.leave()
    expect(made).toEqual([])
    await two.leave()
    expect(made).toEqual(['closed'])
    expect(share(key, make).thing).not.toBe(one.thing)
  })

  test('an aborted opening does not hold the pool open', async () => {
    const options = http.options.parse({ connection: 'shared' })
    const aborted = AbortSignal.abort()
    const gone = await http.open(options, openContext(addressOf(server.url), { signal: aborted }))
    const one = trial()
    gone.send(http.fromMessage('x', addressOf(`${server.url}/count`), options), one.exchange)
    expect([one.exchange.outcome, server.connections()]).toEqual(['cut', 0])
  })
})

describe('ways to a target', () => {
  test('over TLS', async () => {
    const certificates = testCertificates()
    const secure = await faultServer({}, { tls: certificates.good })
    const { send, log, closeAll } = await crowd(8, { maxConnections: 2 }, secure.url, { tls: { ca: certificates.caFile } })
    const exchanges = await settled(Array.from({ length: 8 }, (_, user) => send(user, '/ok')))
    expect(exchanges.map(({ outcome }) => outcome)).toEqual(Array(8).fill('ok'))
    expect(exchanges.map(({ connect }) => (connect?.tlsMs ?? 0) > 0)).toEqual([true, true, ...Array(6).fill(false)])
    expect([secure.connections(), secure.seen.length]).toEqual([2, 8])
    await closeAll()
    expect(log).toEqual(['opened', 'opened', 'closed', 'closed'])
    await secure.stop()
  })

  test('over a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socket-'))
    const path = join(folder, 'http.sock')
    const local = await faultServer({}, { path })
    const { send, closeAll } = await crowd(8, { maxConnections: 2, unixSocket: path })
    await settled(Array.from({ length: 8 }, (_, user) => send(user, '/ok')))
    expect([local.connections(), local.seen.length, server.connections()]).toEqual([2, 8, 0])
    await closeAll()
    await local.stop()
    rmSync(folder, { recursive: true })
  })

  test('to an address that the scenario gives for a name', async () => {
    const url = server.url.replace('127.0.0.1', 'api.example')
    const { send } = await crowd(4, { maxConnections: 2, dns: { hosts: { 'api.example': '127.0.0.1' } } }, url)
    await settled([0, 1, 2, 3].map((user) => send(user, '/ok')))
    expect([server.connections(), server.seen.map(({ headers }) => headers.host)]).toEqual([
      2,
      Array(4).fill(`api.example:${server.port}`),
    ])
  })
})

describe('options that do not go together', () => {
  test.each([
    [{ connection: 'shared', version: '2' }, 'connection', 'users share connections by streams'],
    [{ connection: 'user', maxConnections: 5 }, 'maxConnections', 'belongs to connection: shared'],
    [{ connection: 'shared', keepAlive: false }, 'keepAlive', 'leave out keepAlive: false'],
    [{ connection: 'shared', maxConnections: 0 }, 'maxConnections', 'expected'],
  ])('%j', (given, path, words) => {
    const issues = http.options.safeParse(given).error?.issues ?? []
    expect(issues.map((issue) => [issue.path.join('.'), issue.message.includes(words) || words === 'expected'])).toEqual([
      [path, true],
    ])
  })
})
