import { createServer } from 'node:http'
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { websocket } from '../../src/connectors/websocket.ts'
import { Backoff } from '../../src/connectors/wire/backoff.ts'
import { listen } from '../servers/http-faults.ts'
import { makeCertificates } from '../servers/tls.ts'
import { close, text } from '../servers/ws-frames.ts'
import { granted, type Peer } from '../servers/ws-raw.ts'
import { addressOf, eventLog, openContext, trial } from './contract.ts'
import { fateOf, type OptionsInput, serverFor, userOf } from './websocket-kit.ts'

const echo = { message: ({ socket }: Peer, said: string) => void socket.write(text(said)) }

describe('replies that carry the id of their request', () => {
  const options: OptionsInput = { reply: { match: { correlate: { send: '$.meta.id', receive: '$.for' } } } }
  const answer = (said: string, more: object = {}) => text(JSON.stringify({ for: JSON.parse(said).meta.id, ...more }))

  test('are told apart, whatever their order', async () => {
    const held: string[] = []
    const server = await serverFor({
      message: ({ socket }, said) => {
        held.push(said)
        if (held.length === 3) for (const one of held.toReversed()) socket.write(answer(one, { said: JSON.parse(one).say }))
      },
    })
    const user = await userOf(server.url, options)
    const all = ['a', 'b', 'c'].map((say) => user.request({ json: { say } }))
    await Promise.all(all.map((one) => one.settled))
    expect(all.map((one) => JSON.parse(one.text()))).toEqual([
      { for: '0-1', said: 'a' },
      { for: '0-2', said: 'b' },
      { for: '0-3', said: 'c' },
    ])
  })

  test('an id of one’s own is kept, numbers too', async () => {
    const server = await serverFor({ message: ({ socket }, said) => void socket.write(answer(said)) })
    const user = await userOf(server.url, options)
    const one = user.request({ json: { meta: { id: 7, more: true } } })
    expect(await fateOf(one)).toBe('ok')
    expect(one.text()).toBe('{"for":7}')
    expect(server.messages).toEqual(['{"meta":{"id":7,"more":true}}'])
  })

  test('one that comes too late is nobody’s, and the connection stays', async () => {
    const server = await serverFor({
      message: ({ socket }, said) => {
        if (said.includes('slow')) return
        socket.write(Buffer.concat([answer(server.messages[0] ?? ''), text('no json'), text('[]'), answer(said)]))
      },
    })
    const user = await userOf(server.url, options)
    const slow = user.request({ json: { say: 'slow' } })
    slow.exchange.fail('timeout_headers', 'headers', 'the deadline passed')
    user.connection.cancel(slow.exchange)
    const next = user.request({ json: { say: 'next' } })
    expect(await fateOf(next)).toBe('ok')
    expect([next.text(), next.exchange.reused, server.upgrades.length]).toEqual(['{"for":"0-2"}', true, 1])
  })

  test.each([{ text: 'x' }, { json: [1] }, { json: null }, { binary: 'aGk=' }])('%j has no place for an id', async (step) => {
    const server = await serverFor(echo)
    const { failure } = await (await userOf(server.url, options)).request(step).settled
    expect(failure).toMatchObject({ class: 'local_request', phase: 'send' })
    expect(server.messages).toEqual([])
  })
})

describe('own pings', () => {
  test('a peer that answers stays; one that falls silent is lost, in flight or not', async () => {
    let silent = false
    const server = await serverFor({
      ping: ({ socket }, payload) => {
        if (!silent) socket.write(Buffer.concat([Buffer.from([0x8a, payload.byteLength]), payload]))
      },
    })
    const user = await userOf(server.url, { ping: { every: '5ms', timeout: '300ms' } })
    await vi.waitFor(() => expect(server.pings()).toBeGreaterThan(3))
    expect(user.log).toEqual(['opened'])
    silent = true
    const { failure } = await user.request({ text: 'go' }).settled
    expect(failure).toMatchObject({
      class: 'timeout_idle',
      phase: 'stream',
      message: 'no pong for 300 ms: the peer is gone or stuck',
    })
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect(user.log).toEqual(['opened', 'lost timeout_idle'])
  })
})

describe('waits between tries', () => {
  const rule = { attempts: 7, factor: 2, jitter: 'none', base: 100, max: 1500 } as const

  test('grow by the factor up to the maximum, and end', () => {
    const backoff = new Backoff(rule, 'test', { seed: 's', userId: 0 })
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1500, 1500, 1500, undefined])
    backoff.reset()
    expect(backoff.next()).toBe(100)
  })

  test('by default: 5 tries, 1 s, doubling; each anywhere below it, differently for each user, the same in every run of the same seed', () => {
    const defaults = websocket.options.parse({ reconnect: {} }).reconnect
    if (!defaults) throw new Error('there are defaults')
    const waits = (userId: number, seed = 's') => {
      const backoff = new Backoff(defaults, 'test', { seed, userId })
      return Array.from({ length: 6 }, () => backoff.next())
    }
    const longest = [1000, 2000, 4000, 8000, 16_000]
    for (let user = 0; user < 50; user += 1) {
      const drawn = waits(user)
      expect(drawn[5]).toBeUndefined()
      for (const [at, most] of longest.entries()) expect(drawn[at]).toBeLessThan(most)
    }
    expect(new Set(Array.from({ length: 50 }, (_, user) => waits(user)[0])).size).toBe(50)
    expect(waits(3)).toEqual(waits(3))
    expect(waits(3, 'another run')).not.toEqual(waits(3))
    expect(new Backoff({ ...defaults, max: 5 }, 'test', { seed: 's', userId: 0 }).next()).toBeLessThan(5)
  })
})

describe('reconnecting', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  /** Waits for real sockets while timers stand still. */
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 100_000 && !condition(); turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(condition()).toBe(true)
  }
  const reconnect = { attempts: 3, base: '1s', factor: 3, jitter: 'none' } as const
  /** Loses the connection of "die"; lets nobody in while `shut`. */
  const moody = async () => {
    const state = { shut: false }
    const server = await serverFor({
      handshake: (socket, upgrade) =>
        void (state.shut ? socket.end('HTTP/1.1 503 Shut\r\n\r\n') : socket.write(granted(upgrade))),
      message: ({ socket }, said) => void (said === 'die' ? socket.destroy() : socket.write(text(said))),
    })
    return { server, state }
  }

  test('after the wait, with what is to be said again; the one in flight is lost, later ones wait', async () => {
    const { server } = await moody()
    const user = await userOf(server.url, { reconnect, resubscribe: [{ subscribe: 'all' }, 'plain'] })
    expect(await fateOf(user.request({ text: 'die' }))).toBe('ws_close_1006')
    const next = user.request({ text: 'next', await: { until: { contains: 'next' } } })
    vi.advanceTimersByTime(999)
    await until(() => server.openSockets() === 0)
    expect(server.upgrades).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(await fateOf(next)).toBe('ok')
    expect(user.log).toEqual(['opened', 'lost ws_close_1006', 'opened', 'reconnected'])
    expect(server.messages).toEqual(['die', '{"subscribe":"all"}', 'plain', 'next'])
    expect(next.exchange).toMatchObject({ reused: false, connect: { tlsMs: null } })
  })

  test('tries as often as it may, then those who wait fail; the next request tries once more', async () => {
    const { server, state } = await moody()
    const user = await userOf(server.url, { reconnect })
    state.shut = true
    await user.request({ text: 'die' }).settled
    const waiting = user.request({ text: 'waits' })
    for (const [tries, waitMs] of [1000, 3000, 9000].entries()) {
      vi.advanceTimersByTime(waitMs - 1)
      expect(server.upgrades).toHaveLength(1 + tries)
      vi.advanceTimersByTime(1)
      await until(() => user.log.length === 3 + tries)
    }
    expect(await fateOf(waiting)).toBe('http_status')
    const after = ['openFailed http_status', 'openFailed http_status', 'openFailed http_status']
    expect(user.log).toEqual(['opened', 'lost ws_close_1006', ...after])
    expect(await fateOf(user.request({ text: 'once' }))).toBe('http_status')
    expect(server.upgrades).toHaveLength(5)
    state.shut = false
    expect(await fateOf(user.request({ text: 'back' }))).toBe('ok')
    expect(user.log.slice(5)).toEqual(['openFailed http_status', 'opened', 'reconnected'])
  })

  test('a try that is never answered is given up after its time-out', async () => {
    let hang = false
    const server = await serverFor({
      handshake: (socket, upgrade) => void (hang || socket.write(granted(upgrade))),
      message: ({ socket }) => socket.destroy(),
    })
    const user = await userOf(server.url, { reconnect: { ...reconnect, timeout: '2s' } })
    hang = true
    await user.request({ text: 'go' }).settled
    vi.advanceTimersByTime(1000)
    await until(() => server.upgrades.length === 2)
    vi.advanceTimersByTime(2000)
    expect(user.log).toEqual(['opened', 'lost ws_close_1006', 'openFailed timeout_headers'])
    await until(() => server.openSockets() === 0)
    hang = false
    vi.advanceTimersByTime(3000)
    await until(() => user.log.length === 5)
    expect(user.log.slice(3)).toEqual(['opened', 'reconnected'])
  })

  test.each(['close', 'cancel', 'an expected code'])('never after %s', async (how) => {
    const server = await serverFor({ message: ({ socket }, said) => said === 'bye' && socket.end(close(1000)) })
    const user = await userOf(server.url, { reconnect, expectClose: [1000] })
    const one = user.request({ text: how === 'an expected code' ? 'bye' : 'hang' })
    await until(() => server.messages.length === 1)
    if (how === 'close') await user.connection.close()
    if (how === 'cancel') user.connection.cancel(one.exchange)
    await until(() => server.openSockets() === 0)
    vi.advanceTimersByTime(60_000)
    await until(() => user.log.length === 2)
    expect(user.log).toEqual(['opened', 'closed'])
    expect(server.upgrades).toHaveLength(1)
  })

  test.each(['resting', 'connecting'])('close while %s leaves nothing behind', async (state) => {
    let hang = false
    const server = await serverFor({
      handshake: (socket, upgrade) => void (hang || socket.write(granted(upgrade))),
      message: ({ socket }) => socket.destroy(),
    })
    const user = await userOf(server.url, { reconnect })
    hang = true
    await user.request({ text: 'go' }).settled
    const waiting = user.request({ text: 'waits' })
    if (state === 'connecting') {
      vi.advanceTimersByTime(1000)
      await until(() => server.upgrades.length === 2)
    }
    await user.connection.close()
    expect(await fateOf(waiting)).toBe('cut')
    await until(() => server.openSockets() === 0)
    expect(vi.getTimerCount()).toBe(0)
    expect(await fateOf(user.request({ text: 'too late' }))).toBe('cut')
  })
})

describe('a step that ends the connection', () => {
  test('clean: with a closing handshake; the next frame connects again', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url, { reconnect: { base: '1ms' } })
    expect(await fateOf(user.request({ disconnect: 'clean' }))).toBe('ok')
    expect([server.closeCodes, server.openSockets()]).toEqual([[1000], 0])
    expect(await fateOf(user.request({ text: 'again' }))).toBe('ok')
    expect(user.log).toEqual(['opened', 'closed', 'opened'])
    expect(server.messages).toEqual(['again'])
  })

  test('abrupt: by a reset, without a goodbye; nothing reconnects by itself', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url, { reconnect: { base: '1ms' } })
    expect(await fateOf(user.request({ disconnect: 'abrupt' }))).toBe('ok')
    await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    expect([server.closeCodes, server.upgrades.length]).toEqual([[], 1])
    expect(await fateOf(user.request({ text: 'again' }))).toBe('ok')
    expect(user.log).toEqual(['opened', 'closed', 'opened'])
    expect(server.upgrades).toHaveLength(2)
  })

  test('requests that are still open go with it, as failed', async () => {
    const server = await serverFor({})
    const user = await userOf(server.url)
    const open = user.request({ text: 'never answered' })
    expect(await fateOf(user.request({ disconnect: 'clean' }))).toBe('ok')
    expect((await open.settled).failure).toMatchObject({ class: 'closed_early', phase: 'stream' })
  })

  test('without a connection there is nothing to end', async () => {
    const server = await serverFor(echo)
    const user = await userOf(server.url)
    for (const how of ['clean', 'abrupt', 'clean'] as const) expect(await fateOf(user.request({ disconnect: how }))).toBe('ok')
    expect([user.log, server.upgrades.length]).toEqual([['opened', 'closed'], 1])
  })
})

describe('sending without waiting', () => {
  test('a peer that does not read holds the sender back', async () => {
    const server = await serverFor({ joined: ({ socket }) => void socket.pause() })
    const user = await userOf(server.url)
    const big = 'x'.repeat(4 * 1024 * 1024)
    let done = 0
    const count = async () => {
      for (let n = 0; n < 10; n += 1) if ((await fateOf(user.request({ text: big, await: 'none' }))) === 'ok') done += 1
    }
    const counting = count()
    await vi.waitFor(() => expect(server.peers[0]?.socket.isPaused()).toBe(true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(done).toBeLessThan(10)
    server.peers[0]?.socket.resume()
    await counting
    expect(done).toBe(10)
    await vi.waitFor(() => expect(server.messages).toHaveLength(10))
  })
})

test('a connection that is made for one request is freed when that request is given up', async () => {
  let hang = false
  const server = await serverFor({
    handshake: (socket, upgrade) => void (hang || socket.write(granted(upgrade))),
    message: ({ socket }, said) => (said === 'bye' ? socket.end(close(1001)) : socket.write(text(said))),
  })
  const user = await userOf(server.url)
  hang = true
  expect(await fateOf(user.request({ text: 'bye' }))).toBe('ws_close_1001')
  const waiting = user.request({ text: 'waits' })
  await vi.waitFor(() => expect(server.upgrades).toHaveLength(2))
  waiting.exchange.fail('connect_timeout', 'connect', 'the deadline passed')
  user.connection.cancel(waiting.exchange)
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  hang = false
  const next = user.request({ text: 'next' })
  expect(await fateOf(next)).toBe('ok')
  expect(next.text()).toBe('next')
  expect(server.messages).toEqual(['bye', 'next'])
})

test('compression is negotiated when asked for, both ways', async () => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: { threshold: 0 } })
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())))
  const port = await listen(http)
  onTestFinished(() => {
    server.close()
    http.close()
  })
  const user = await userOf(`ws://127.0.0.1:${port}`, { compression: true })
  const say = 'again and '.repeat(10_000)
  const one = user.request({ text: say })
  expect(await fateOf(one)).toBe('ok')
  expect(one.text()).toBe(say)
  const [socket] = server.clients
  expect(socket?.extensions).toBe('permessage-deflate')
  const { sentAt, firstByteAt, endedAt } = one.exchange
  expect([sentAt, firstByteAt, endedAt]).toEqual([sentAt, firstByteAt, endedAt].toSorted((a, b) => a - b))
})

describe('TLS', () => {
  const certificates = makeCertificates()
  afterAll(() => certificates.remove())

  test('an abrupt end goes below TLS', async () => {
    const server = await serverFor({ ...echo, tls: certificates.good })
    const user = await userOf(server.url, {}, { tls: { ca: certificates.caFile } })
    const errors: unknown[] = []
    server.peers[0]?.socket.on('error', (error) => errors.push((error as NodeJS.ErrnoException).code))
    expect(await fateOf(user.request({ disconnect: 'abrupt' }))).toBe('ok')
    await vi.waitFor(() => expect([errors, server.openSockets()]).toEqual([['ECONNRESET'], 0]))
  })

  test('stages are timed, and a certificate that nobody vouches for is refused', async () => {
    const server = await serverFor({ ...echo, tls: certificates.good })
    const times: object[] = []
    const { events } = eventLog()
    const context = { events: { ...events, opened: (seen: object) => void times.push(seen) } }
    const user = await userOf(server.url, {}, { tls: { ca: certificates.caFile } }, context)
    expect(await fateOf(user.request({ text: 'hi' }))).toBe('ok')
    const positive = expect.toSatisfy((ms: number) => ms > 0)
    expect(times).toEqual([{ dnsMs: null, connectMs: positive, tlsMs: positive, handshakeMs: positive }])
    await expect(userOf(server.url)).rejects.toMatchObject({ class: 'tls_untrusted', phase: 'tls' })
    await expect(userOf(server.url, {}, { tls: { insecure: true } })).resolves.toBeDefined()
    await expect(userOf(server.url, {}, { tls: { ca: 'no-such.pem' } })).rejects.toMatchObject({ name: 'LocalError' })
    await expect(userOf(server.url.replace('wss', 'ws'))).rejects.toMatchObject({ name: 'TargetError', phase: 'headers' })
  })
})

test('1,000 connections made and closed leave no handle behind', async () => {
  const server = await serverFor(echo)
  const address = addressOf(server.url)
  const options = websocket.options.parse({ ping: { every: '1h' }, reconnect: {} })
  const cycle = async () => {
    const connection = await websocket.open(options, openContext(address))
    const one = trial()
    connection.send(websocket.fromStep({ text: 'x' }, address, options), one.exchange)
    await one.settled
    await connection.close()
  }
  const handles = () => process.getActiveResourcesInfo().filter((name) => /TCPSocket|Timeout/.test(name)).length
  await cycle()
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  const before = handles()
  for (let n = 0; n < 50; n += 1) await Promise.all(Array.from({ length: 20 }, cycle))
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  expect(server.messages).toHaveLength(1001)
  await vi.waitFor(() => expect(handles()).toBeLessThanOrEqual(before))
})

test('users that talk at the same time hear only their own', async () => {
  const server = await serverFor({
    message: ({ socket }, said) => setImmediate(() => socket.write(Buffer.concat([text(`${said}!`), text(`${said}.`)]))),
  })
  const users = await Promise.all(Array.from({ length: 20 }, () => userOf(server.url)))
  const talk = async (user: (typeof users)[number], who: number) => {
    const heard: string[] = []
    for (let n = 0; n < 20; n += 1) {
      const one = user.request({ text: `${who}/${n}`, await: { count: 2 } })
      await one.settled
      heard.push(one.text())
    }
    return heard
  }
  const all = await Promise.all(users.map(talk))
  expect(all).toEqual(users.map((_, who) => Array.from({ length: 20 }, (_, n) => `${who}/${n}!${who}/${n}.`)))
  expect(server.messages).toHaveLength(400)
})
