/** The gRPC connector against a server of another make, Debian's python3-grpcio, alone and behind nginx. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { closeLines, grpcLine, repliesOf } from '../connectors/grpc-harness.ts'
import { deadPort } from '../support/own-port.ts'
import { runScenario } from '../support/run.ts'
import { eventually, Folder, start } from './programs.ts'

interface Counts {
  readonly calls: number
  readonly cancelled: number
  readonly deadlines: readonly (number | null)[]
  readonly metadata: Readonly<Record<string, string>>
}

const folder = new Folder()
const say = { service: 'peer.Peer', method: 'Say' }
let server: Awaited<ReturnType<typeof python>>
let direct: string
let proxied: string
let nginx: ReturnType<typeof start>

/** A Python server with its port, and what it counted so far. */
async function python(...args: string[]) {
  // The system's own Python: only it finds Debian's modules.
  const running = spawn('/usr/bin/python3', [join(import.meta.dirname, '../servers/grpc-python.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const failed = once(running, 'exit').then(() => {
    throw new Error('the server did not start: is python3-grpcio installed?')
  })
  const said = createInterface({ input: running.stdout })[Symbol.asyncIterator]()
  const first = await Promise.race([said.next(), failed])
  failed.catch(() => {})
  return {
    url: `grpc://127.0.0.1:${first.value}`,
    async counts(): Promise<Counts> {
      running.stdin.write('\n')
      const next = await said.next()
      return JSON.parse(String(next.value))
    },
    stop: () => void running.kill(),
  }
}

const counts = () => server.counts()

function config(port: number, upstream: string, dead: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder.file(name)};`)
  return `
daemon off; master_process off; pid ${folder.file('nginx.pid')}; error_log stderr warn;
events { worker_connections 256; }
http {
  ${temporary.join(' ')}
  access_log off;
  server {
    listen 127.0.0.1:${port} http2;
    location / { grpc_pass ${upstream}; grpc_read_timeout 1s; }
    location /peer.Peer/Collect { return 403; }
    location /peer.Peer/All { grpc_pass grpc://127.0.0.1:${dead}; }
  }
}`
}

beforeAll(async () => {
  server = await python()
  direct = server.url
  const [port, dead] = [await deadPort(), await deadPort()]
  nginx = start('nginx', ['-c', folder.write('nginx.conf', config(port, direct, dead)), '-p', folder.path])
  proxied = `grpc://127.0.0.1:${port}`
  await eventually(
    async () => (await (await grpcLine(proxied, say)).call({ message: {} })).outcome === 'ok',
    () => nginx.said(),
  )
  await closeLines()
})
afterEach(closeLines)
afterAll(async () => {
  server.stop()
  await nginx?.stop()
  folder.remove()
})

test.each([['alone', () => direct] as const, ['behind nginx', () => proxied] as const])(
  '%s: reflection, the kinds of calls, numbers, text and statuses',
  async (_name, url) => {
    const before = (await counts()).calls
    const line = await grpcLine(url(), say)
    const word = { text: '火🔥 ☺', number: '-9007199254740993', repeat: 3, pause_ms: 0, tags: ['a', 'b'] }
    expect((await line.call({ message: word })).replies).toEqual([word])
    const streamed = await line.call({ method: 'Stream', message: { text: 'x', repeat: 100 } })
    expect([streamed.outcome, streamed.replies.map(({ number }) => Number(number))]).toEqual([
      'ok',
      Array.from({ length: 100 }, (_, i) => i),
    ])
    const { failure, status } = await line.call({ message: { text: '!7' } })
    expect([failure?.class, failure?.message, status]).toEqual(['grpc_PERMISSION_DENIED', 'as asked: ☺', 7])
    const late = await line.call({ method: 'Stream', message: { text: '!13', repeat: 2 } })
    expect([late.failure?.class, late.replies.length]).toEqual(['grpc_INTERNAL', 2])
    expect((await counts()).calls - before).toBe(4)
  },
)

test('client and bidirectional streams', async () => {
  const line = await grpcLine(direct, say)
  const messages = ['a', 'b', 'c'].map((text) => ({ text }))
  expect((await line.call({ method: 'Collect', messages })).replies).toMatchObject([{ text: 'a b c', number: '3' }])
  for (const how of [undefined, 'each'] as const) {
    const { replies } = await line.call({ method: 'All', messages, ...(how && { await: how }) })
    expect(replies.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  }
})

test('the server hears the deadline and the metadata, and is cancelled', async () => {
  const line = await grpcLine(direct, { ...say, deadline: '30s' }, { headers: { 'X-Team': 'load' } })
  await line.call({ message: {} })
  const { deadlines, metadata, cancelled } = await counts()
  expect(metadata['x-team']).toBe('load')
  expect(deadlines.at(-1)).toBeGreaterThan(10)
  expect(deadlines.at(-1)).toBeLessThanOrEqual(30)
  const hasty = await grpcLine(direct, { ...say, deadline: '1s' })
  const late = await hasty.call({ message: { pause_ms: 3000 } })
  expect(late.failure?.class).toBe('grpc_DEADLINE_EXCEEDED')
  const patient = await grpcLine(direct, say)
  const begun = patient.begin({ method: 'Stream', message: { repeat: 1000, pause_ms: 20 } })
  const replies = repliesOf(begun)
  await vi.waitFor(() => expect(replies.length).toBeGreaterThan(2))
  begun.exchange.cancel()
  patient.connection.cancel(begun.exchange)
  await eventually(
    async () => (await counts()).cancelled >= cancelled + 2,
    () => 'the server hears of two cancelled calls',
  )
})

test('what the proxy answers by itself', async () => {
  const line = await grpcLine(proxied, say)
  const forbidden = await line.call({ method: 'Collect', messages: [{}] })
  expect([forbidden.failure?.class, forbidden.failure?.code]).toEqual(['grpc_PERMISSION_DENIED', 'http_status'])
  const dead = await line.call({ method: 'All', messages: [{}] })
  expect([dead.failure?.class, dead.failure?.code]).toEqual(['grpc_UNAVAILABLE', 'http_status'])
  const slow = await line.call({ message: { pause_ms: 2500 } })
  expect(slow.failure?.class).toBe('grpc_UNAVAILABLE')
})

test('a run: the server counted what burn counted, and the first token is the first message', async () => {
  const before = (await counts()).calls
  const { result, attempts } = await runScenario({
    name: 'python',
    target: {
      url: direct,
      grpc: { service: 'peer.Peer', method: 'Stream' },
      request: { structure: { repeat: 5, pause_ms: 20 }, messagePath: '$.text' },
      response: { delta: '$.text' },
    },
    load: [{ users: 4, iterations: 40, for: '60s' }],
    steps: [{ message: 'hello', expect: [{ status: 0 }] }],
  })
  expect([result.failedMessages, (await counts()).calls - before]).toEqual([0, attempts.length])
  for (const { exchange } of attempts) {
    expect([exchange.outcome, exchange.frames]).toEqual(['ok', 5])
    expect(exchange.firstTokenAt - exchange.sentAt).toBeGreaterThan(19)
  }
})

test('a server that ends its connections by age: no call is lost, and none counted twice', async () => {
  const ageing = await python('300')
  const { result, attempts } = await runScenario({
    name: 'ageing',
    target: { url: ageing.url, grpc: { service: 'peer.Peer', method: 'Say' } },
    load: [{ users: 10, for: '5s' }],
    steps: [{ request: { message: { text: 'x' } } }],
  })
  const { calls } = await ageing.counts()
  ageing.stop()
  const moved = result.warnings.moved_refused ?? 0
  console.log(`${attempts.length} attempts, ${moved} of them given back unread, ${calls} calls seen`)
  expect(result.errors).toEqual([])
  expect([result.failedMessages, calls]).toEqual([0, attempts.length])
  // A connection that is ended by a GOAWAY without an error is no lost one.
  expect(result.connectionMetrics.goaways).toBeGreaterThan(10)
  expect(result.connectionMetrics.lostConnections).toBe(0)
})
