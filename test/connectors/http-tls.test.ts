import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { http } from '../../src/connectors/http.ts'
import type { TlsOptions } from '../../src/connectors/wire/tls.ts'
import { LocalError } from '../../src/errors.ts'
import { type Fault, type FaultServer, faultServer, listen, reply } from '../servers/http-faults.ts'
import { type KeyPair, type TestCertificates, testCertificates } from '../servers/tls.ts'
import { runScenario } from '../support/run.ts'
import { addressOf, eventLog, openContext, trial } from './contract.ts'

let certificates: TestCertificates
const running: FaultServer[] = []
beforeAll(() => {
  certificates = testCertificates()
})
afterAll(async () => {
  for (const server of running) await server.stop()
})

const options = http.options.parse({})

async function serve(pair: KeyPair, faults: Record<string, Fault> = {}, more: object = {}): Promise<FaultServer> {
  const server = await faultServer(faults, { tls: { ...pair, ...more } })
  running.push(server)
  return server
}

async function ask(url: string, tls: TlsOptions, count = 1) {
  const address = addressOf(url, { tls })
  const { events, log } = eventLog()
  const connection = await http.open(options, openContext(address, { events }))
  const exchanges = []
  let text = ''
  for (let n = 0; n < count; n += 1) {
    const one = trial()
    connection.send(http.fromMessage('hi', address, options), one.exchange)
    exchanges.push(await one.settled)
    text += one.text()
  }
  await connection.close()
  return { exchange: exchanges[0]!, exchanges, log, text }
}

describe('certificates', () => {
  test('a trusted one works; the handshake is timed, on the new connection only', async () => {
    const server = await serve(certificates.good)
    const { exchanges, log } = await ask(`${server.url}/ok`, { ca: certificates.caFile }, 3)
    expect(exchanges.map(({ outcome, reused }) => [outcome, reused])).toEqual([
      ['ok', false],
      ['ok', true],
      ['ok', true],
    ])
    expect(exchanges[0]?.connect?.tlsMs).toBeGreaterThan(0)
    expect(exchanges[1]?.connect).toBeUndefined()
    expect(server.connections()).toBe(1)
    expect(log).toEqual(['opened', 'closed'])
  })

  const trusting = () => ({ ca: certificates.caFile })
  test.each([
    ['expired', trusting, 'tls_expired', 'CERT_HAS_EXPIRED', 'has expired'],
    ['wrongHost', trusting, 'tls_hostname', 'ERR_TLS_CERT_ALTNAME_INVALID', 'does not match'],
    ['selfSigned', trusting, 'tls_untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'is self-signed'],
    [
      'good',
      () => ({}),
      'tls_untrusted',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'issuer of the certificate of the target is not trusted here',
    ],
  ] as const)(
    '%s fails as %3$s before anything is sent, and says what happened',
    async (name, tls, failureClass, code, words) => {
      const server = await serve(certificates[name])
      const { exchange, log } = await ask(`${server.url}/ok`, tls())
      expect(exchange.failure).toMatchObject({ class: failureClass, phase: 'tls', code })
      expect(exchange.failure?.message).toContain(words)
      expect(exchange.sentAt).toBeNaN()
      expect(server.seen).toEqual([])
      expect(log).toEqual([`openFailed ${failureClass}`])
      await vi.waitFor(() => expect(server.openSockets()).toBe(0))
    },
  )

  test('insecure accepts any; servername checks another name', async () => {
    const server = await serve(certificates.wrongHost)
    expect((await ask(`${server.url}/ok`, { insecure: true })).exchange.outcome).toBe('ok')
    expect((await ask(`${server.url}/ok`, { ca: certificates.caFile, servername: 'other.example' })).exchange.outcome).toBe('ok')
  })

  test('a server that wants a client certificate gets it, and refuses without', async () => {
    const server = await serve(certificates.good, {}, { requestCert: true, rejectUnauthorized: true, ca: certificates.ca })
    const { caFile: ca, client } = certificates
    expect((await ask(`${server.url}/ok`, { ca, cert: client.certFile, key: client.keyFile })).exchange.outcome).toBe('ok')
    const { failure } = (await ask(`${server.url}/ok`, { ca })).exchange
    expect(failure).toMatchObject({ class: 'tls_protocol', phase: 'tls' })
    expect(failure?.message).toBe('the target wants a client certificate')
    expect(server.seen).toHaveLength(1)
  })

  test('a file that cannot be read stops before any traffic', async () => {
    const address = addressOf('https://127.0.0.1:1/', { tls: { ca: 'no-such-file.pem' } })
    await expect(http.open(options, openContext(address))).rejects.toThrow(LocalError)
    const broken = addressOf('https://127.0.0.1:1/', {
      tls: { cert: certificates.client.keyFile, key: certificates.client.keyFile },
    })
    await expect(http.open(options, openContext(broken))).rejects.toThrow(LocalError)
  })
})

describe('a handshake that breaks', () => {
  const servers: Server[] = []
  afterAll(async () => {
    for (const server of servers) await new Promise((resolve) => server.close(resolve))
  })

  async function raw(onSocket: (socket: import('node:net').Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      onSocket(socket)
    })
    servers.push(server)
    return `https://127.0.0.1:${await listen(server)}/`
  }

  test('TLS to a plain port', async () => {
    const url = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')),
    )
    const { exchange } = await ask(url, {})
    expect(exchange.failure).toMatchObject({ class: 'tls_protocol', phase: 'tls' })
    expect(exchange.failure?.message).toContain('does not speak TLS')
  })

  test.each([
    ['end of file', (socket: import('node:net').Socket) => void socket.once('data', () => socket.end())],
    ['reset', (socket: import('node:net').Socket) => void socket.once('data', () => socket.resetAndDestroy())],
  ])('%s: reset in phase tls', async (_name, fault) => {
    const { exchange, log } = await ask(await raw(fault), {})
    expect(exchange.failure).toMatchObject({ class: 'reset', phase: 'tls' })
    expect(log).toEqual(['openFailed reset'])
  })

  test('a version that the server does not speak', async () => {
    const server = await serve(certificates.good, {}, { minVersion: 'TLSv1.3' })
    const { exchange } = await ask(`${server.url}/ok`, { ca: certificates.caFile, maxVersion: 'TLSv1.2' })
    expect(exchange.failure).toMatchObject({ class: 'tls_protocol', phase: 'tls' })
  })
})

test('breaks over TLS have the classes of plain ones', async () => {
  const server = await serve(certificates.good)
  const classes = []
  for (const fault of [
    'close-in-length',
    'close-before-head',
    'framed-by-close',
    'bad-status',
    'reset-in-length',
    'reset-in-chunk',
  ]) {
    const { exchange } = await ask(`${server.url}/${fault}`, { ca: certificates.caFile })
    classes.push([fault, exchange.failure?.class ?? exchange.outcome, exchange.warnings.join()])
  }
  expect(classes).toEqual([
    ['close-in-length', 'closed_early', ''],
    ['close-before-head', 'closed_early', ''],
    ['framed-by-close', 'ok', 'unverified_end'],
    ['bad-status', 'bad_http', ''],
    ['reset-in-length', 'reset', ''],
    ['reset-in-chunk', 'reset', ''],
  ])
})

test('a body that only the end of the connection delimits: a reset under it is a failure, never its end', async () => {
  const server = await serve(certificates.good)
  const url = `${server.url}/framed-by-reset`
  const { exchange, log, text } = await ask(url, { ca: certificates.caFile })
  expect([exchange.outcome, exchange.status, exchange.warnings]).toEqual(['failed', 200, []])
  expect(exchange.failure).toMatchObject({ class: 'reset', phase: 'stream', code: 'ECONNRESET' })
  expect([text, exchange.bytesReceived, server.seen.length, server.connections()]).toEqual(['hello', 5, 1, 1])
  expect(log).toEqual(['opened', 'lost reset'])
  const { result } = await runScenario({
    name: 'reset',
    target: { url, tls: { ca: certificates.caFile } },
    load: [{ users: 4, iterationsPerUser: 5 }],
    steps: [{ request: { method: 'GET' } }],
  })
  expect(result.total.counts).toMatchObject({ planned: 20, ok: 0, failed: 20 })
  expect(result.errors.map((group) => [group.class, group.phase, group.count])).toEqual([['reset', 'stream', 20]])
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: 20, openConnections: 0, lostInFlight: 20 })
  expect([server.seen.length, server.connections()]).toEqual([21, 21])
})

test('a redirect from https to http is not followed', async () => {
  const plain = await faultServer()
  running.push(plain)
  const server = await serve(certificates.good, {
    '/down': (socket) => void socket.write(reply('', { location: `${plain.url}/ok` }, '302 Found')),
  })
  const { exchange } = await ask(`${server.url}/down`, { ca: certificates.caFile })
  expect([exchange.outcome, exchange.status, plain.seen.length]).toEqual(['ok', 302, 0])
})
