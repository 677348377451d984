/** burn against nginx: what it counts is what nginx has in its access log. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Mock, startMock } from '../../src/mock/server.ts'
import type { Result } from '../../src/result/schema.ts'
import { Home, OUT } from '../cli/harness.ts'
import { deadPort } from '../support/own-port.ts'
import { runScenario } from '../support/run.ts'
import { eventually, Folder, output, start } from './programs.ts'

const MIB = 1024 * 1024
const folder = new Folder()
let mock: Mock
let url: string
let nginx: ReturnType<typeof start>
const closers: (() => Promise<void>)[] = []

/** Everything in the test's own folder, loopback only, in the foreground. */
function config(port: number, http10: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder.file(name)};`)
  const proxy = `proxy_pass http://127.0.0.1:${upstream}; proxy_http_version 1.1; proxy_set_header Connection "";`
  return `
daemon off; master_process off; pid ${folder.file('nginx.pid')}; error_log stderr warn;
events { worker_connections 256; }
http {
  ${temporary.join(' ')}
  default_type text/plain;
  log_format plain '$connection $connection_requests $status $request_method $uri $body_bytes_sent';
  access_log ${folder.file('access.log')} plain;
  server {
    listen 127.0.0.1:${port};
    root ${folder.file('www')};
    keepalive_requests 10000;
    location /static/ { }
    location /gzip/ { alias ${folder.file('www/static/')}; gzip on; gzip_types *; gzip_min_length 1; }
    location /few/ { alias ${folder.file('www/static/')}; keepalive_requests 3; }
    location /close/ { alias ${folder.file('www/static/')}; keepalive_timeout 0; }
    location /limited { add_header Retry-After 1 always; return 429 "slow down\\n"; }
    location /moved { return 301 http://127.0.0.1:${port}/static/small.txt; }
    location /upload { client_max_body_size 10k; proxy_pass http://127.0.0.1:${upstream}/echo; }
    location /v1/ { ${proxy} proxy_buffering off; }
    location /old/ { proxy_pass http://127.0.0.1:${http10}/; proxy_buffering off; }
    location /gone { return 444; }
  }
}`
}

/** A server that knows HTTP/1.0 alone: no length, no chunks, the end is the end of the connection. */
async function http10Server(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold but good'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

beforeAll(async () => {
  mock = await startMock({ firstTokenMs: 20, gapMs: 15, tokens: 6 })
  closers.push(() => mock.close())
  folder.write('www/static/small.txt', 'a small file\n')
  folder.write('www/static/text.txt', 'all work and no play makes a dull file\n'.repeat(2000))
  folder.write('www/static/10.bin', new Uint8Array(10 * MIB).fill(120))
  folder.write('www/static/64.bin', new Uint8Array(64 * MIB).fill(120))
  const port = await deadPort()
  url = `http://127.0.0.1:${port}`
  const conf = folder.write('nginx.conf', config(port, await http10Server(), mock.port))
  nginx = start('nginx', ['-p', folder.path, '-c', conf, '-e', 'stderr'])
  closers.unshift(() => nginx.stop())
  await eventually(
    () => nginx.child.exitCode === null && accepts(port),
    () => `nginx listens: ${nginx.said()}`,
  )
})

afterAll(async () => {
  for (const close of closers) await close()
  folder.remove()
})

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

interface Served {
  readonly connection: string
  readonly status: number
  readonly uri: string
  readonly bytes: number
}

let linesSeen = 0

/** What nginx logged since the last call, once it has as many lines as there were attempts. */
async function served(count: number): Promise<Served[]> {
  const lines = () => folder.read('access.log').trimEnd().split('\n').slice(linesSeen)
  await eventually(
    () => folder.read('access.log').trimEnd().split('\n').length - linesSeen >= count,
    () => `${count} lines in the access log, there are ${lines().length}`,
  )
  const fresh = lines()
  linesSeen += fresh.length
  return fresh.map((line) => {
    const [connection = '', , status, , uri = '', bytes] = line.split(' ')
    return { connection, status: Number(status), uri, bytes: Number(bytes) }
  })
}

/** Requests for one path from a few users; counts must be those of the log. */
async function load(
  request: Record<string, unknown>,
  { http = {}, iterations = 30, users = 3, expectations = [] as unknown[] } = {},
) {
  const { result, attempts } = await runScenario({
    name: 'nginx',
    target: { url, protocol: 'http', http },
    load: [{ iterations, users }],
    steps: [{ request, ...(expectations.length > 0 ? { expect: expectations } : {}) }],
  } as Parameters<typeof runScenario>[0])
  const log = await served(result.total.counts.started)
  expect(log).toHaveLength(result.total.counts.started)
  return {
    result,
    attempts,
    log,
    counts: result.total.counts,
    connections: new Set(log.map(({ connection }) => connection)).size,
  }
}

const failures = ({ errors }: Result) => Object.fromEntries(errors.map((group) => [group.class, group.count]))

describe('files', () => {
  test('a small one, over connections that are kept', async () => {
    const { counts, log, connections, attempts, result } = await load({ path: '/static/small.txt' })
    expect(counts).toMatchObject({ planned: 30, ok: 30, failed: 0 })
    expect(log.every(({ status, bytes }) => status === 200 && bytes === 13)).toBe(true)
    expect(connections).toBe(3)
    expect(result.connectionMetrics.totalConnections).toBe(3)
    expect(attempts.every(({ exchange }) => exchange.bytesReceived === 13)).toBe(true)
  })

  test('10 MiB is read whole', async () => {
    const { counts, log, result } = await load({ path: '/static/10.bin' }, { iterations: 2, users: 1 })
    expect(counts).toMatchObject({ ok: 2 })
    expect(log.map(({ bytes }) => bytes)).toEqual([10 * MIB, 10 * MIB])
    expect(result.total.bytesReceived).toBe(20 * MIB)
  })

  test('64 MiB is more than a reply may have: too_big, and the rest is not fetched', async () => {
    const { counts, log, result } = await load({ path: '/static/64.bin' }, { iterations: 2, users: 1 })
    expect(counts).toMatchObject({ ok: 0, failed: 2 })
    expect(failures(result)).toEqual({ too_big: 2 })
    expect(log.every(({ bytes }) => bytes < 64 * MIB)).toBe(true)
  })

  test('gzip is asked for and undone', async () => {
    const plain = await load({ path: '/gzip/text.txt' })
    const packed = await load({ path: '/gzip/text.txt' }, { http: { compress: true }, expectations: [{ contains: 'no play' }] })
    expect(plain.log[0]?.bytes).toBe(78_000)
    expect(packed.log[0]?.bytes).toBeLessThan(2000)
    expect(packed.counts).toMatchObject({ ok: 30, failed: 0 })
  })
})

describe('connections', () => {
  test('that end after three requests are made anew, and nothing fails', async () => {
    const { counts, connections, result } = await load({ path: '/few/small.txt' }, { iterations: 30, users: 1 })
    expect(counts).toMatchObject({ ok: 30, failed: 0 })
    expect(connections).toBe(10)
    expect(result.connectionMetrics.totalConnections).toBe(10)
  })

  test('that the server closes after each reply', async () => {
    const { counts, connections } = await load({ path: '/close/small.txt' })
    expect(counts).toMatchObject({ ok: 30, failed: 0 })
    expect(connections).toBe(30)
  })

  test('that burn makes for each request', async () => {
    const { counts, connections } = await load({ path: '/static/small.txt' }, { http: { connection: 'new' } })
    expect(counts).toMatchObject({ ok: 30 })
    expect(connections).toBe(30)
  })

  test('that are closed without a reply', async () => {
    const { counts, log, result } = await load({ path: '/gone' })
    expect(counts).toMatchObject({ ok: 0, failed: 30 })
    expect(log.every(({ status }) => status === 444)).toBe(true)
    expect(failures(result)).toEqual({ closed_early: 30 })
  })
})

describe('refusals', () => {
  test('429 with Retry-After', async () => {
    const { counts, log, result, attempts } = await load({ path: '/limited' })
    expect(counts).toMatchObject({ ok: 0, failed: 30 })
    expect(log.every(({ status }) => status === 429)).toBe(true)
    expect(failures(result)).toEqual({ rate_limited: 30 })
    expect(attempts[0]?.exchange.headers['retry-after']).toBe('1')
  })

  test('413 for a body that is too large', async () => {
    const { log, result } = await load({ path: '/upload', body: 'x'.repeat(20_000) }, { iterations: 5, users: 1 })
    expect(log.every(({ status }) => status === 413)).toBe(true)
    expect(failures(result)).toEqual({ http_status: 5 })
    expect(result.errors[0]?.sample).toMatch(/413/)
  })

  test('301 is a reply, or is followed', async () => {
    const { log, counts, attempts } = await load({ path: '/moved' }, { iterations: 4, users: 1 })
    expect(log.map(({ status }) => status)).toEqual([301, 301, 301, 301])
    expect(counts).toMatchObject({ ok: 4 })
    expect(attempts.map(({ exchange }) => exchange.status)).toEqual([301, 301, 301, 301])
    const followed = await runScenario({
      name: 'followed',
      target: { url, protocol: 'http', http: { maxRedirects: 1 } },
      load: [{ iterations: 4, users: 1 }],
      steps: [{ request: { path: '/moved' }, expect: [{ contains: 'a small file' }] }],
    })
    expect(followed.result.total.counts).toMatchObject({ planned: 4, ok: 4 })
    expect((await served(8)).map(({ status }) => status)).toEqual([301, 200, 301, 200, 301, 200, 301, 200])
  })
})

describe('as a proxy', () => {
  test('a stream passes unbuffered: the first token comes long before the last', async () => {
    const before = mock.stats().requests
    const { result } = await runScenario({
      name: 'stream',
      target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'demo' },
      load: [{ iterations: 20, users: 2 }],
      steps: [{ message: 'Hello' }],
    })
    const { counts, distributions } = result.total
    expect(counts).toMatchObject({ planned: 20, ok: 20 })
    expect(mock.stats().requests - before).toBe(20)
    expect(await served(20)).toHaveLength(20)
    const [first, whole] = [distributions.ttft?.percentiles.p50, distributions.e2e?.percentiles.p50]
    expect(first ?? Number.NaN).toBeGreaterThanOrEqual(19)
    expect((whole ?? Number.NaN) - (first ?? Number.NaN)).toBeGreaterThan(60)
  })

  test('an HTTP/1.0 server behind it', async () => {
    const { counts } = await load({ path: '/old/x' }, { expectations: [{ contains: 'old but good' }] })
    expect(counts).toMatchObject({ planned: 30, ok: 30 })
  })
})

describe('the whole command', () => {
  test('run, JUnit report, xmllint', async () => {
    const home = new Home()
    home.write('s.json', {
      name: 'nginx',
      target: { url, protocol: 'http' },
      load: [{ iterations: 10, users: 2 }],
      steps: [
        { name: 'good', request: { path: '/static/small.txt' } },
        { name: 'bad', request: { path: '/static/<none>&.txt' } },
      ],
      thresholds: ['errors{step=good} ratio < 1%', 'errors{step=bad} ratio < 1%'],
    })
    const { code } = await home.burn(['run', 's.json', ...OUT, '--report', 'junit', '--log', 'all'])
    expect(code).toBe(1)
    const log = await served(20)
    expect(log.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), ...Array(10).fill(404)])
    const { ok, failed } = home.result().total.counts
    expect({ ok, failed }).toEqual({ ok: 10, failed: 10 })
    expect(output('xmllint', ['--noout', home.file('out/junit.xml')])).toBe('')
    const count = (path: string) => Number(output('xmllint', ['--xpath', path, home.file('out/junit.xml')]))
    expect(count('count(//testcase[failure])')).toBe(Number(count('number(/testsuites/@failures)')))
    expect(count('count(//testcase[failure and contains(@name, "step=bad")])')).toBe(1)
    expect(count('count(//testcase[failure and contains(@name, "step=good")])')).toBe(0)
  })

  test('curl against the mock of `burn mock`', async () => {
    const home = new Home()
    const run = home.start(['mock', '--port', '0', '--set', 'firstTokenMs=5', '--set', 'tokens=4'])
    let origin = ''
    await run.until(({ stdout }) => {
      origin = /http:\S+/.exec(stdout)?.[0] ?? ''
      return stdout.endsWith('\n')
    })
    const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: 'Hi' }] })
    const stream = output('curl', [
      '-sS',
      '-N',
      '--fail',
      '-H',
      'content-type: application/json',
      '-d',
      body,
      `${origin}/v1/chat/completions`,
    ])
    const events = stream.split('\n\n').filter((event) => event !== '')
    expect(events.at(-1)).toBe('data: [DONE]')
    expect(events.every((event) => event.startsWith('data: '))).toBe(true)
    const stats = JSON.parse(output('curl', ['-sS', '--fail', `${origin}/__mock/stats`]))
    expect(stats.requests).toBe(1)
    run.kill('SIGINT')
    expect((await run.finished).code).toBe(0)
  })
})
