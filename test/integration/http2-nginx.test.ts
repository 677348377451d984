/** burn over HTTP/2 against nginx: TLS with ALPN, streams shared by users, connections that nginx ends by GOAWAY. */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Mock, startMock } from '../../src/mock/server.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { deadPort } from '../support/own-port.ts'
import { runScenario } from '../support/run.ts'
import { eventually, Folder, start } from './programs.ts'

const folder = new Folder()
let mock: Mock
let nginx: ReturnType<typeof start>
let certificates: TestCertificates
let url: string
let fewUrl: string

function config(port: number, fewPort: number, upstream: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder.file(name)};`)
  return `
daemon off; master_process off; pid ${folder.file('nginx.pid')}; error_log stderr warn;
events { worker_connections 256; }
http {
  ${temporary.join(' ')}
  log_format plain '$connection $status $server_protocol $uri';
  access_log ${folder.file('access.log')} plain;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${folder.file('cert.pem')};
    ssl_certificate_key ${folder.file('key.pem')};
    keepalive_requests 10000;
    location / { proxy_pass http://127.0.0.1:${upstream}; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
  server {
    listen 127.0.0.1:${fewPort} ssl http2;
    ssl_certificate ${folder.file('cert.pem')};
    ssl_certificate_key ${folder.file('key.pem')};
    keepalive_requests 12;
    location / { proxy_pass http://127.0.0.1:${upstream}; }
    location /shared { proxy_pass http://127.0.0.1:${upstream}/health; proxy_method GET; }
  }
}`
}

const lines = () => folder.read('access.log').trim().split('\n')
/** What nginx logged of a path, once it has logged as much: it does so after the client has its reply. */
async function logged(path: string, count: number): Promise<string[]> {
  const seen = () => lines().filter((line) => line.endsWith(` ${path}`))
  await vi.waitFor(() => expect(seen().length).toBeGreaterThanOrEqual(count))
  return seen()
}
const connectionsOf = (path: string) =>
  new Set(
    lines()
      .filter((line) => line.endsWith(` ${path}`))
      .map((line) => line.split(' ')[0]),
  ).size

beforeAll(async () => {
  certificates = testCertificates()
  mock = await startMock({ firstTokenMs: 20, gapMs: 10, tokens: 8 })
  folder.write('cert.pem', certificates.good.cert)
  folder.write('key.pem', certificates.good.key)
  const port = await deadPort()
  const fewPort = await deadPort()
  url = `https://localhost:${port}`
  fewUrl = `https://localhost:${fewPort}`
  nginx = start('nginx', ['-p', folder.path, '-c', folder.write('nginx.conf', config(port, fewPort, mock.port)), '-e', 'stderr'])
  await eventually(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true))
        socket.once('error', () => resolve(false))
        socket.once('connect', () => socket.destroy())
      }),
    () => `nginx listens: ${nginx.said()}`,
  )
})

afterAll(async () => {
  await nginx.stop()
  await mock.close()
  folder.remove()
})

test('streamed chats of twenty users on few connections: counts, text and first tokens', async () => {
  const { result, attempts } = await runScenario({
    name: 'h2',
    target: {
      preset: 'openai-chat',
      url: `${url}/v1/chat/completions`,
      http: { version: '2', streams: 10 },
      tls: { ca: certificates.caFile },
    },
    load: [{ iterationsPerUser: 5, users: 20 }],
    steps: [{ message: 'hello {{user.id}}' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 100, ok: 100 })
  const seen = await logged('/v1/chat/completions', 100)
  expect(seen).toHaveLength(100)
  expect(seen.every((line) => line.includes('HTTP/2.0'))).toBe(true)
  expect(connectionsOf('/v1/chat/completions')).toBeLessThanOrEqual(3)
  for (const { exchange } of attempts) {
    expect(exchange.usage?.outputTokens).toBe(8)
    expect(exchange.firstTokenAt).toBeLessThan(exchange.lastTokenAt)
  }
})

test('nginx ends a connection by GOAWAY after some requests: none is lost', async () => {
  const { result } = await runScenario({
    name: 'goaway',
    target: { url: `${fewUrl}/health`, http: { version: '2' }, tls: { ca: certificates.caFile } },
    load: [{ iterations: 23 }],
    steps: [{ request: { method: 'GET' } }],
  })
  expect(result.total.counts).toMatchObject({ planned: 23, ok: 23 })
  expect(await logged('/health', 23)).toHaveLength(23)
  expect(connectionsOf('/health')).toBe(2)
})

test('nginx ends shared connections by GOAWAY under forty users: what it did not take moves, what it took is counted once', async () => {
  const { result, attempts } = await runScenario({
    name: 'goaway shared',
    target: { url: `${fewUrl}/shared`, http: { version: '2', streams: 10 }, tls: { ca: certificates.caFile } },
    load: [{ iterations: 1200, users: 40 }],
    steps: [{ request: { method: 'POST', json: { say: 'hi' } } }],
  })
  expect(result.errors).toEqual([])
  expect(result.total.counts).toMatchObject({ planned: 1200, ok: 1200 })
  expect(await logged('/shared', 1200)).toHaveLength(1200)
  const moves = attempts.flatMap(({ exchange }) => exchange.warnings)
  expect(result.warnings).toEqual({ moved_goaway: moves.length })
  expect(moves.length).toBeGreaterThan(0)
  expect(result.connectionMetrics).toMatchObject({
    openConnections: 0,
    lostInFlight: 0,
    failedConnections: 0,
    reconnectionCount: 0,
  })
  expect(result.connectionMetrics.goaways).toBeGreaterThanOrEqual(90)
  expect(connectionsOf('/shared')).toBe(result.connectionMetrics.successfulConnections)
})
