import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { startMock } from '../../src/mock/server.ts'
import { eventStreamServer } from '../servers/event-stream.ts'
import { runScenario } from '../support/run.ts'

interface Stream {
  readonly response: ServerResponse
  readonly lastEventId: string | undefined
  readonly user: string | undefined
}

/** A chat whose replies come on `GET /events`; what was said is posted to `/say`. */
class ChatServer {
  readonly streams: Stream[] = []
  readonly said: unknown[] = []
  /** Drop every stream after this many replies. */
  dropAfter = Number.POSITIVE_INFINITY
  url = ''
  private readonly server = createServer((request, response) => void this.serve(request, response))

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams, pathname } = new URL(request.url ?? '', this.url)
    if (pathname === '/refused') {
      response.writeHead(403).end()
      return
    }
    if (pathname === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\nretry: 20\n\n')
      const id = request.headers['last-event-id']
      this.streams.push({ response, lastEventId: Array.isArray(id) ? id[0] : id, user: searchParams.get('user') ?? undefined })
      return
    }
    const body = JSON.parse(await text(request)) as { message: string; id?: string; user: string }
    this.said.push(body)
    response.writeHead(202).end()
    this.reply(body)
  }

  private reply({ message, id, user }: { message: string; id?: string; user: string }): void {
    const stream = this.streams.findLast((open) => open.user === String(user) && !open.response.writableEnded)
    const send = (name: string, data: object) =>
      stream?.response.write(`event: ${name}\nid: ${this.said.length}\ndata: ${JSON.stringify(data)}\n\n`)
    send('delta', { id: 'somebody-else', delta: 'not for you' })
    for (const word of message.split(' ')) send('delta', { id, delta: `${word}.` })
    send('done', { id })
    if (this.said.length >= this.dropAfter) {
      this.dropAfter = Number.POSITIVE_INFINITY
      stream?.response.end()
    }
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

let server: ChatServer

afterEach(() => server.stop())

function scenario(url: string, steps: Parameters<typeof runScenario>[0]['steps'], users = 3) {
  return {
    name: 'subscription',
    target: {
      protocol: 'sse' as const,
      url: `${url}/say`,
      query: { user: '{{user.id}}' },
      timeouts: { total: '5s', connect: '2s' },
      request: { structure: { message: '{{message}}', user: '{{user.id}}' } },
      response: { delta: '$.delta', end: { event: 'done' } },
      sse: {
        mode: 'subscribe' as const,
        subscribe: { path: '/events', events: ['delta', 'done'], correlate: { send: '$.id', receive: '$.id' } },
      },
    },
    load: [{ iterationsPerUser: 2, users }],
    steps,
  }
}

test('replies come on the open stream, each user and message its own', async () => {
  server = await new ChatServer().start()
  const { result, attempts } = await runScenario(scenario(server.url, [{ message: 'one two {{user.id}}' }, { message: 'three' }]))
  expect(result.total.counts).toMatchObject({ planned: 12, ok: 12 })
  expect(server.said).toHaveLength(12)
  expect(server.streams).toHaveLength(3)
  const texts = attempts.map(({ exchange, session }) => `${session}: ${exchange.text}`).sort()
  expect(texts).toEqual(
    [0, 1, 2].flatMap((user) => [`${user}: one.two.${user}.`, `${user}: one.two.${user}.`, `${user}: three.`, `${user}: three.`]),
  )
  expect(attempts.every(({ exchange }) => exchange.sentAt <= exchange.firstByteAt && exchange.frames > 0)).toBe(true)
  // Each user has its stream, and a connection for what it says.
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: 6, reconnectionCount: 0 })
})

test('a lost stream is asked for again, from the last event on, and counted', async () => {
  server = await new ChatServer().start()
  server.dropAfter = 2
  const { result } = await runScenario(scenario(server.url, [{ message: 'one' }, { message: 'two' }, { delay: '100ms' }], 1))
  expect(result.total.counts).toMatchObject({ planned: 4, ok: 4 })
  expect(server.streams.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '2'])
  expect(result.connectionMetrics).toMatchObject({ reconnectionCount: 1, lostConnections: 1, lostInFlight: 0 })
  expect(result.connectionMetrics.recoveryTime?.count).toBe(1)
})

test('a step may only wait for events', async () => {
  server = await new ChatServer().start()
  const say = { request: { path: '/say', json: { message: 'a b c', user: '{{user.id}}' }, await: { end: { event: 'done' } } } }
  const { result, attempts } = await runScenario(scenario(server.url, [say], 1))
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 2 })
  expect(Buffer.from(attempts[0]?.exchange.rawBeginning ?? []).toString()).toContain('event: done')
})

test('a refused stream fails the attempt with its status', async () => {
  server = await new ChatServer().start()
  const refused = scenario(server.url, [{ message: 'hi' }], 1)
  refused.target.sse.subscribe.path = '/refused'
  refused.load = [{ iterationsPerUser: 9, users: 1 }]
  const { result } = await runScenario(refused)
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: 0, failedConnections: 9, openConnections: 0 })
  expect(result.errors.map(({ class: failureClass }) => failureClass)).toEqual(['http_status'])
  expect(server.said).toHaveLength(0)
})

test('streams that end for good leave no socket, and all connections are accounted for', async () => {
  const { sse } = scenario('', []).target
  const ending = await eventStreamServer({
    post(self, body) {
      const { response } = self.stream()
      response.end(`event: done\ndata: ${JSON.stringify({ id: JSON.parse(body).id })}\n\n`)
    },
  })
  const lost = scenario(ending.url, [{ message: 'bye' }], 1)
  const subscribe = { ...sse.subscribe, maxReconnects: 0 }
  const { result } = await runScenario({
    ...lost,
    target: { ...lost.target, request: { structure: { message: '{{message}}', id: '' } }, sse: { ...sse, subscribe } },
    load: [{ iterationsPerUser: 40, users: 1 }],
  })
  server = await new ChatServer().start()
  expect(result.total.counts).toMatchObject({ planned: 40, ok: 40 })
  expect([ending.streams.length, ending.posts.length]).toEqual([40, 40])
  expect(ending.mostSockets()).toBeLessThanOrEqual(4)
  await vi.waitFor(() => expect(ending.openSockets()).toBe(0))
  await ending.stop()
  expect(result.connectionMetrics).toMatchObject({ openConnections: 0, reconnectionCount: 0 })
})

test('the mock counts what was sent, the requests for streams included', async () => {
  server = await new ChatServer().start()
  const mock = await startMock({ firstTokenMs: 1, gapMs: 0, tokens: 3 })
  const { target, ...rest } = scenario(mock.url, [{ message: 'one' }, { message: 'two' }])
  const sse = { ...target.sse, subscribe: { ...target.sse.subscribe, path: '/sse/events', events: ['message', 'done'] } }
  const url = `${mock.url}/sse/say`
  const { result } = await runScenario({
    ...rest,
    target: { ...target, url, response: { delta: '$.text', end: { event: 'done' } }, sse },
  })
  expect(result.total.counts).toMatchObject({ planned: 12, ok: 12 })
  expect(mock.stats().byRoute).toEqual({ 'sse-events': 3, 'sse-say': 12 })
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: mock.stats().connectionsAccepted, openConnections: 0 })
  await mock.close()
})
