import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { websocket } from '../../../src/connectors/websocket.ts'
import { listen } from '../../servers/http-faults.ts'
import { testCertificates } from '../../servers/tls.ts'
import { close, text } from '../../servers/ws-frames.ts'
import { granted } from '../../servers/ws-raw.ts'
import { untilAtMost } from '../../support/handles.ts'
import { drawn } from '../../support/share.ts'
import { addressOf, eventLog, openContext, trial } from '../contract.ts'
import { fateOf, serverFor, userOf } from '../websocket-kit.ts'
import { echo } from './echo.ts'

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
  const certificates = testCertificates()

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

test('connections made and closed leave no handle behind', async () => {
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
  const rounds = drawn(50)
  for (let n = 0; n < rounds; n += 1) await Promise.all(Array.from({ length: 20 }, cycle))
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  expect(server.messages).toHaveLength(rounds * 20 + 1)
  await untilAtMost(before, handles)
})
