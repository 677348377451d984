import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { mqtt } from '../../src/connectors/mqtt.ts'
import type { TlsOptions } from '../../src/connectors/wire/tls.ts'
import type { ConnectTimes } from '../../src/exchange.ts'
import { type RawBroker, rawBroker, type Script } from '../servers/mqtt-raw.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { timedTest } from '../support/quiet.ts'
import { addressOf, eventLog, openContext, trial } from './contract.ts'
import { line, refusal } from './mqtt-harness.ts'

let broker: RawBroker | undefined
let certificates: TestCertificates
beforeAll(() => {
  certificates = testCertificates()
})
afterEach(async () => {
  await broker?.stop()
  broker = undefined
})

async function connect(url: string, tls: TlsOptions = {}) {
  const times: ConnectTimes[] = []
  const events = { ...eventLog().events, opened: (each: ConnectTimes) => void times.push(each) }
  const address = addressOf(url, { tls })
  const options = mqtt.options.parse({ topic: 't' })
  const connection = await mqtt.open(options, openContext(address, { events }))
  const sent = trial()
  connection.send(mqtt.fromMessage('x', address, options), sent.exchange)
  const exchange = await sent.settled
  await connection.close()
  return { exchange, times }
}

const slow: Script = ({ cmd }, { send }) => {
  if (cmd !== 'connect') return false
  setTimeout(() => send({ cmd: 'connack', sessionPresent: false, returnCode: 0 }), 40)
  return true
}

describe('stages of a connection', () => {
  timedTest('TCP: the handshake lasts until CONNACK', async () => {
    broker = await rawBroker(slow)
    const { exchange, times } = await connect(broker.url)
    expect(exchange.outcome).toBe('ok')
    expect(times).toEqual([{ dnsMs: null, connectMs: expect.any(Number), tlsMs: null, handshakeMs: expect.any(Number) }])
    expect(times[0]?.handshakeMs).toBeGreaterThan(38)
    expect(times[0]?.connectMs).toBeLessThan(38)
  })

  test('TLS is a stage of its own', async () => {
    broker = await rawBroker(slow, 0, certificates.good)
    const { exchange, times } = await connect(broker.url, { ca: certificates.caFile })
    expect([exchange.outcome, exchange.bytesSent]).toEqual(['ok', 8])
    expect(times[0]?.tlsMs).toBeGreaterThan(0)
    expect(times[0]?.handshakeMs).toBeGreaterThan(38)
  })

  test.each([
    ['expired', 'tls_expired'],
    ['wrongHost', 'tls_hostname'],
    ['selfSigned', 'tls_untrusted'],
  ] as const)('a certificate that is %s fails as %s', async (name, failureClass) => {
    broker = await rawBroker(undefined, 0, certificates[name])
    await expect(connect(broker.url, { ca: certificates.caFile })).rejects.toMatchObject({ class: failureClass, phase: 'tls' })
    expect(broker.packets).toEqual([])
    await vi.waitFor(() => expect(broker?.openSockets()).toBe(0))
  })

  test.each([
    ['none', {}, 'it may want a client certificate (tls.cert, tls.key)'],
    ['one', { cert: 'client' }, 'it may refuse the client certificate (tls.cert)'],
  ])('a broker that hangs up on a client with certificate: %s', async (_what, { cert }: { cert?: string }, cause) => {
    broker = await rawBroker((_packet, { socket }) => !!socket.end(), 0, {
      ...certificates.good,
      requestCert: true,
      rejectUnauthorized: false,
    })
    const { certFile, keyFile } = certificates.client
    const tls = { ca: certificates.caFile, ...(cert && { cert: certFile, key: keyFile }) }
    await expect(connect(broker.url, tls)).rejects.toMatchObject({
      class: 'closed_early',
      message: `the broker closed the connection, before it had answered CONNECT: ${cause}`,
    })
    await vi.waitFor(() => expect(broker?.openSockets()).toBe(0))
  })

  test('an address of another kind is our own mistake', async () => {
    expect((await refusal('ftp://127.0.0.1:1')).error).toMatchObject({ name: 'LocalError' })
  })
})

describe('WebSocket', () => {
  test('a server that upgrades nothing, and one that speaks no MQTT', async () => {
    const plain = createServer((_request, reply) => reply.writeHead(403).end()).listen(0, '127.0.0.1')
    await once(plain, 'listening')
    const port = (server: typeof plain) => (server.address() as AddressInfo).port
    expect((await refusal(`ws://127.0.0.1:${port(plain)}/`)).error).toMatchObject({
      class: 'http_status',
      phase: 'connect',
      message: expect.stringContaining('403'),
    })
    plain.close()

    const other = createServer().listen(0, '127.0.0.1')
    const upgrades = new WebSocketServer({ server: other, handleProtocols: () => false })
    await once(other, 'listening')
    expect((await refusal(`ws://127.0.0.1:${port(other)}/`)).error).toMatchObject({ class: 'bad_ws', phase: 'connect' })
    upgrades.close()
    other.close()
  })

  test('[MQTT-6.0.0-1] a text frame is bad_mqtt, a binary one is not', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    let binary = true
    const upgrades = new WebSocketServer({ server, handleProtocols: () => 'mqtt' })
    upgrades.on('connection', (socket) => socket.once('message', () => socket.send(Buffer.from([0x20, 2, 0, 0]), { binary })))
    await once(server, 'listening')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mqtt`
    const { connection } = await line(url)
    await connection.close()
    binary = false
    expect((await refusal(url)).error).toMatchObject({ class: 'bad_mqtt', message: expect.stringContaining('text frame') })
    upgrades.close()
    server.close()
  })

  test('headers and query go with the upgrade, credentials do not', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    const upgrades = new WebSocketServer({ server })
    const seen: { url: string | undefined; tenant: unknown; authorization: unknown }[] = []
    upgrades.on('connection', (socket, { url, headers }) => {
      seen.push({ url, tenant: headers.tenant, authorization: headers.authorization })
      socket.close()
    })
    await once(server, 'listening')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mqtt`
    const address = addressOf(url, { headers: { tenant: 'blue', authorization: 'Bearer x' }, query: { room: '1' } })
    await expect(mqtt.open(mqtt.options.parse({}), openContext(address))).rejects.toMatchObject({ class: 'closed_early' })
    expect(seen).toEqual([{ url: '/mqtt?room=1', tenant: 'blue', authorization: undefined }])
    upgrades.close()
    server.close()
  })
})
