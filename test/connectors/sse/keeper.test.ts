/** An open event stream over its life: refused, lost, asked for again, given up, closed. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { sse } from '../../../src/connectors/sse.ts'
import { accept, type EventStreamRules, type EventStreamServer, eventStreamServer } from '../../servers/event-stream.ts'
import { timedTest } from '../../support/quiet.ts'
import { addressOf, eventLog, openContext, trial } from '../contract.ts'

let server: EventStreamServer
const closing: (() => Promise<void> | void)[] = []

afterEach(async () => {
  // Connections end before the server that they are to.
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(rules: EventStreamRules = {}) {
  const started = await eventStreamServer(rules)
  server = started
  // A test that is repeated starts several.
  closing.push(() => started.stop())
}

function optionsOf(more: object = {}, http: object = {}) {
  const subscribe = { path: '/events', events: ['message', 'done'], end: { event: 'done' }, ...more }
  return sse.options.parse({ mode: 'subscribe', subscribe, ...http })
}

async function open(options = optionsOf(), userId = 0) {
  const recorded = eventLog()
  const times: unknown[] = []
  const events = {
    ...recorded.events,
    opened: (each: Parameters<typeof recorded.events.opened>[0]) => {
      times.push(each)
      recorded.events.opened(each)
    },
  }
  const address = addressOf(`${server.url}/say`)
  const connection = await sse.open(options, openContext(address, { events, userId }))
  closing.push(() => connection.close())
  const send = (message: unknown) => {
    const sent = trial()
    connection.send(sse.fromMessage(message, address, options), sent.exchange)
    return sent
  }
  return { connection, send, times, ...recorded }
}

/** A failed `open`, and what was told of it. */
async function refused(options = optionsOf()) {
  const { events, log } = eventLog()
  const error = await sse.open(options, openContext(addressOf(`${server.url}/say`), { events })).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  return { error, log }
}

test('a refused stream is one failed connection, and leaves no socket', async () => {
  await start({ subscribe: (response) => response.writeHead(403).end() })
  for (let n = 0; n < 3; n += 1) {
    const { error, log } = await refused()
    expect(error).toMatchObject({ class: 'http_status', message: 'the event stream was answered with status 403' })
    expect(log).toEqual(['openFailed http_status'])
  }
})

test('a stream of another type shows how it begins', async () => {
  await start({ subscribe: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>') })
  const { error, log } = await refused()
  expect(error).toMatchObject({ class: 'bad_sse', message: expect.stringContaining('text/html: <h1>Sign in</h1>') })
  expect(log).toEqual(['openFailed bad_sse'])
})

test('a redirect is not followed unless the target says so', async () => {
  await start({
    subscribe: (response, _nth, { url }) =>
      url === '/events' ? response.writeHead(307, { location: '/there' }).end() : accept(response),
  })
  expect((await refused()).error).toMatchObject({ class: 'http_status', message: expect.stringContaining('307') })
  expect(server.streams).toHaveLength(1)
  const { log } = await open(optionsOf({}, { maxRedirects: 1 }))
  expect(log).toEqual(['opened'])
  expect(server.streams).toHaveLength(3)
})

test('the stream goes over the Unix socket, and its stages are told apart', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'burn-')), 's')
  await start({ path, post: (self) => self.stream().response.write('event: done\ndata: 1\n\n') })
  const { send, times } = await open(optionsOf({}, { unixSocket: path }))
  expect((await send({ say: 'hi' }).settled).outcome).toBe('ok')
  expect(times[0]).toMatchObject({ dnsMs: null, tlsMs: null, connectMs: expect.any(Number), handshakeMs: expect.any(Number) })
})

test.each([
  ['reset', 'reset'],
  ['end', 'closed_early'],
])('a %s of the open stream fails what is under way as %s, counts it, and the stream comes back', async (how, failureClass) => {
  await start({
    subscribe: (response) => accept(response, 'retry: 5\n\n'),
    post(self, body) {
      const { response } = self.stream()
      if (!body.includes('bye')) response.write('event: done\ndata: 1\n\n')
      else if (how === 'end') response.end()
      else response.socket?.resetAndDestroy()
    },
  })
  const { send, log, lostInFlight } = await open()
  expect((await send({ say: 'bye' }).settled).failure).toMatchObject({ class: failureClass, phase: 'stream' })
  // sent while the stream is away: it waits
  expect((await send({ say: 'hi' }).settled).outcome).toBe('ok')
  expect(lostInFlight).toEqual([1])
  expect(log.filter((event) => event !== 'opened')).toEqual([`lost ${failureClass}`, 'reconnected'])
  expect(log.filter((event) => event === 'opened')).toHaveLength(3)
})

timedTest('the last id goes along, and the wait of the server is the least; users do not come back together', async () => {
  await start({ subscribe: (response) => accept(response, 'retry: 40\nid: ü7\n\n') })
  const users = await Promise.all([1, 2, 3, 4, 5].map((userId) => open(optionsOf(), userId)))
  const lostAt = performance.now()
  for (const { response } of server.streams) response.end()
  await vi.waitFor(() => expect(server.streams).toHaveLength(10))
  const again = server.streams.slice(5)
  expect(again.map(({ headers }) => Buffer.from(String(headers['last-event-id']), 'latin1').toString())).toEqual(
    Array(5).fill('ü7'),
  )
  const waits = again.map(({ at }) => at - lostAt)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(38)
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(3)
  await vi.waitFor(() =>
    expect(users.map(({ log }) => log)).toEqual(Array(5).fill(['opened', 'lost closed_early', 'opened', 'reconnected'])),
  )
})

test('after maxReconnects it gives up; the next request asks again', async () => {
  let down = false
  await start({
    subscribe: (response) => (down ? response.socket?.destroy() : accept(response, 'retry: 1\n\n')),
    post: (self) => self.stream().response.write('event: done\ndata: 1\n\n'),
  })
  const { send, log } = await open(optionsOf({ maxReconnects: 2 }))
  down = true
  server.stream().response.end()
  await vi.waitFor(() => expect(server.streams).toHaveLength(3))
  await vi.waitFor(() =>
    expect(log).toEqual(['opened', 'lost closed_early', 'openFailed closed_early', 'openFailed closed_early']),
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.streams).toHaveLength(3)
  down = false
  const { exchange } = send({ say: 'hi' })
  await vi.waitFor(() => expect(exchange.outcome).toBe('ok'))
  expect(exchange.connect).toBeDefined()
  expect(server.streams).toHaveLength(4)
})

test('a stream that is refused when it is asked for again is given up', async () => {
  await start({ subscribe: (response, nth) => (nth === 1 ? accept(response, 'retry: 1\n\n') : response.writeHead(204).end()) })
  const { log } = await open()
  server.stream().response.end()
  await vi.waitFor(() => expect(log).toEqual(['opened', 'lost closed_early', 'openFailed bad_sse']))
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
})

test('closing during the wait for a reconnect ends it', async () => {
  await start({ subscribe: (response) => accept(response, 'retry: 200\n\n') })
  const { connection, log } = await open()
  server.stream().response.end()
  await vi.waitFor(() => expect(log).toEqual(['opened', 'lost closed_early']))
  await connection.close()
  await new Promise((resolve) => setTimeout(resolve, 450))
  expect(server.streams).toHaveLength(1)
  expect(server.openSockets()).toBe(0)
})

test('an event of more than 1 MiB is too_big, and not held; the next request has a stream of its own', async () => {
  await start({
    post(self, body) {
      const { response } = self.stream()
      response.write(body.includes('big') ? `data: ${'x'.repeat(8 << 20)}` : 'event: done\ndata: 1\n\n')
    },
  })
  const { send, log } = await open()
  expect((await send({ say: 'big' }).settled).failure).toMatchObject({ class: 'too_big', phase: 'stream' })
  expect((await send({ say: 'hi' }).settled).outcome).toBe('ok')
  expect(log.toSorted()).toEqual(['closed', 'opened', 'opened', 'opened'])
})

test('events keep their bytes, also those that are no UTF-8', async () => {
  const odd = Buffer.from('data: a\xffb\n\n', 'latin1')
  await start({ post: (self) => void self.stream().response.write(Buffer.concat([odd, Buffer.from('event: done\ndata\n\n')])) })
  const { connection } = await open()
  const pieces: Buffer[] = []
  const { exchange, settled } = trial()
  const data = exchange.data.bind(exchange)
  Object.assign(exchange, {
    data(bytes: Uint8Array, at: number) {
      pieces.push(Buffer.from(bytes))
      data(bytes, at)
    },
  })
  connection.send(sse.fromMessage({ say: 'hi' }, addressOf(`${server.url}/say`), optionsOf()), exchange)
  await settled
  expect(pieces[0]).toEqual(odd)
})

test('late events of a reply that was given up are not those of the next one', async () => {
  await start({
    post(self, body) {
      const { response } = self.stream()
      if (body.includes('slow')) setTimeout(() => response.write('event: done\ndata: late\n\n'), 30)
      else setTimeout(() => response.write('event: done\ndata: own\n\n'), 60)
    },
  })
  const { connection, send } = await open()
  const slow = send({ say: 'slow' })
  await vi.waitFor(() => expect(server.posts).toHaveLength(1))
  slow.exchange.fail('timeout_total', 'headers', 'the deadline passed')
  connection.cancel(slow.exchange)
  const next = send({ say: 'next' })
  expect((await next.settled).outcome).toBe('ok')
  expect(next.text()).toBe('event: done\ndata: own\n\n')
})

test('a refused request is judged as any reply is', async () => {
  await start({
    post: (_self, _body, response) => void response.writeHead(429, { 'retry-after': '1' }).end('{"error":"slow down"}'),
  })
  const { send } = await open()
  const { exchange } = send({ say: 'hi' })
  await vi.waitFor(() => expect(exchange.settled).toBe(true))
  expect([exchange.status, exchange.headers['retry-after']]).toEqual([429, '1'])
})
