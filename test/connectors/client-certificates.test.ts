/** A server that wants a client certificate says so alike over every protocol. */
import { createServer } from 'node:tls'
import { beforeAll, expect, test } from 'vitest'
import { classify } from '../../src/connectors/wire/failures.ts'
import { hintFor } from '../../src/metrics/failures/hints.ts'
import { protoFile } from '../servers/grpc-server.ts'
import { listen } from '../servers/http-faults.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { runScenario } from '../support/run.ts'

let certificates: TestCertificates
beforeAll(async () => {
  certificates = testCertificates()
})

const wants = 'the target wants a client certificate'

test.each<[string, string, object, object]>([
  ['HTTP/1.1', 'https', { http: {} }, { path: '/' }],
  ['HTTP/2', 'https', { http: { version: '2' } }, { path: '/' }],
  ['SSE', 'https', { protocol: 'sse' }, { path: '/' }],
  ['WebSocket', 'wss', { websocket: {} }, { text: 'x' }],
  ['gRPC', 'grpcs', { grpc: { proto: protoFile('echo.proto'), service: 'burn.echo.v1.EchoService', method: 'Echo' } }, {}],
  ['MQTT', 'mqtts', { mqtt: { topic: 'a' } }, { publish: { topic: 'a', payload: 'x' } }],
])('%s', async (_, scheme, block, request) => {
  const server = createServer(
    {
      ...certificates.good,
      ca: certificates.ca,
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2', 'http/1.1', 'mqtt'],
    },
    (socket) => socket.on('error', () => {}),
  )
  const port = await listen(server)
  const { attempts, result } = await runScenario({
    name: 'certificate',
    target: { url: `${scheme}://localhost:${port}`, tls: { ca: certificates.caFile }, ...block },
    load: [{ users: 1, iterations: 2, for: '20s' }],
    steps: [{ request }],
  } as never)
  server.close()
  expect(attempts).toHaveLength(2)
  for (const { exchange } of attempts) {
    expect(exchange.failure?.message).toContain(wants)
    expect([exchange.failure?.class, exchange.failure?.code]).toContain(scheme === 'grpcs' ? 'grpc_UNAVAILABLE' : 'tls_protocol')
  }
  expect(result.errors.map(({ hint }) => hint)).toEqual([
    'set tls.cert and tls.key (--cert, --key) to a certificate that the target accepts',
  ])
})

test.each([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the target refuses the client certificate: its issuer is not trusted there'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'the target refuses the client certificate: it has expired'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'the target refuses the client certificate: it is missing, or not as wanted'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', wants],
  ['ERR_SSL_NO_SHARED_CIPHER', 'TLS failed: no shared cipher'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate of the target is self-signed'],
])('%s in words', (code, words) => {
  const raw =
    '40AD:error:0A00045C:SSL routines:tls_process:no shared cipher:../deps/openssl/x.c:918: try running Node.js with --use-system-ca'
  const failure = classify(Object.assign(new Error(raw), { code }), 'headers')
  expect([failure.message, failure.phase]).toEqual([words, 'tls'])
  const hint = hintFor(failure.class, failure.message)
  expect(hint).not.toBe('')
  expect(hint).not.toContain(words)
})
