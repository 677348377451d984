import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { ServerCredentials } from '@grpc/grpc-js'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { hintFor } from '../../src/metrics/failures/hints.ts'
import { ECHO, echoServer } from '../servers/grpc-echo.ts'
import type { GrpcTestServer } from '../servers/grpc-server.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { closeLines, grpcLine } from './grpc-harness.ts'

let certificates: TestCertificates
const running: GrpcTestServer[] = []
beforeAll(() => {
  certificates = testCertificates()
})
afterEach(async () => {
  await closeLines()
  for (const server of running.splice(0)) await server.stop()
})

type Name = 'good' | 'expired' | 'wrongHost' | 'selfSigned'

async function secure(name: Name, clientCa: string | null = null): Promise<string> {
  const { cert, key } = certificates[name]
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
  const credentials = ServerCredentials.createSsl(clientCa === null ? null : Buffer.from(clientCa), [pair], clientCa !== null)
  const server = await echoServer(credentials)
  running.push(server)
  return server.url.replace('grpc:', 'grpcs:')
}

const echo = { service: ECHO, method: 'Echo' }
const call = async (url: string, tls: object) => {
  const line = await grpcLine(url, echo, { tls })
  const exchange = await line.call({ message: { text: 'x' } })
  return { ...exchange, log: line.log, connect: exchange.connect, failure: exchange.failure, outcome: exchange.outcome }
}

test('a trusted certificate works, and its handshake is timed', async () => {
  const { outcome, connect } = await call(await secure('good'), { ca: certificates.caFile })
  expect(outcome).toBe('ok')
  expect(connect?.tlsMs).toBeGreaterThan(0)
})

test('any certificate works when the scenario says so', async () => {
  expect((await call(await secure('expired'), { insecure: true })).outcome).toBe('ok')
})

test('another name to check', async () => {
  const tls = { ca: certificates.caFile, servername: 'other.example' }
  expect((await call(await secure('wrongHost'), tls)).outcome).toBe('ok')
})

test.each<[Name, boolean, string]>([
  ['expired', true, 'tls_expired'],
  ['wrongHost', true, 'tls_hostname'],
  ['selfSigned', true, 'tls_untrusted'],
  ['good', false, 'tls_untrusted'],
])('certificate %s, trusting its issuer %s: %s', async (name, trusting, cause) => {
  const { failure, log } = await call(await secure(name), trusting ? { ca: certificates.caFile } : {})
  expect([failure?.class, failure?.phase, failure?.code]).toEqual(['grpc_UNAVAILABLE', 'tls', cause])
  expect(hintFor(failure?.class ?? '', failure?.message)).toBe(hintFor(cause))
  expect(log).toEqual([`openFailed ${cause}`])
})

test('a server that wants a client certificate gets it', async () => {
  const { certFile, keyFile } = certificates.client
  const url = await secure('good', readFileSync(certificates.caFile, 'utf8'))
  const ca = certificates.caFile
  expect((await call(url, { ca, cert: certFile, key: keyFile })).outcome).toBe('ok')
  const { outcome, failure } = await call(url, { ca })
  expect([outcome, failure?.class, failure?.phase]).toEqual(['failed', 'grpc_UNAVAILABLE', 'tls'])
  expect(failure?.message).toBe('tls_protocol: the target wants a client certificate')
})

test('TLS to a port without it', async () => {
  const plain = await echoServer()
  running.push(plain)
  const { failure } = await call(plain.url.replace('grpc:', 'grpcs:'), {})
  expect([failure?.class, failure?.phase]).toEqual(['grpc_UNAVAILABLE', 'tls'])
  expect(['tls_protocol', 'reset']).toContain(failure?.code)
})

test('a plain call to a port with TLS', async () => {
  const { failure } = await call((await secure('good')).replace('grpcs:', 'grpc:'), {})
  expect([failure?.class, failure?.phase]).toEqual(['grpc_UNAVAILABLE', 'connect'])
})

test('a peer that hangs up in the handshake', async () => {
  const rude = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(),
  )
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  const address = rude.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { failure } = await call(`grpcs://127.0.0.1:${port}`, {})
  expect([failure?.class, failure?.phase, failure?.code]).toEqual(['grpc_UNAVAILABLE', 'tls', 'reset'])
  await new Promise((resolve) => rude.close(resolve))
})

test('files that cannot be read are told when the line opens', async () => {
  await expect(grpcLine(await secure('good'), echo, { tls: { ca: 'no-such-file.pem' } })).rejects.toThrow(/tls\.ca/)
})
