/** Every protocol connects from the `localAddresses` of its target, over each of its ways to connect. */
import { expect, test } from 'vitest'
import { connectors } from '../../src/connectors/index.ts'
import type { Connector } from '../../src/connectors/wire/connector.ts'
import { tcpServer } from '../servers/tcp.ts'
import { addressOf, openContext, trial } from './contract.ts'

const GET = { method: 'GET' }
const CALL = { service: 'a.B', method: 'C' }

test.runIf(process.platform === 'linux').each<[string, string, object, object, string?]>([
  ['http', 'http', {}, GET],
  ['http', 'http', { client: 'undici' }, GET],
  ['http', 'http', { connection: 'new' }, GET],
  ['http', 'http', { connection: 'shared' }, GET],
  ['http', 'http', { version: '2' }, GET],
  ['http', 'http', { version: '2', streams: 2 }, GET],
  ['sse', 'http', {}, GET],
  ['sse', 'http', { mode: 'subscribe' }, {}],
  ['websocket', 'ws', {}, { text: 'hi' }],
  ['grpc', 'grpc', {}, CALL],
  ['grpc', 'grpc', { channel: 'shared' }, CALL],
  ['mqtt', 'mqtt', {}, { topic: 'a', payload: 'b' }],
  ['mqtt', 'ws', {}, { topic: 'a', payload: 'b' }],
])('%s over %s with %j', async (protocol, scheme, given, step) => {
  const from: (string | undefined)[] = []
  const { port } = await tcpServer((socket) => {
    from.push(socket.remoteAddress)
    socket.destroy()
  })
  // Each connector types its own options and requests; here they are whatever its schemas make of them.
  const connector = connectors[protocol as keyof typeof connectors] as unknown as Connector
  const options = connector.options.parse(given)
  const address = addressOf(`${scheme}://127.0.0.1:${port}/`)
  const context = openContext(address, { localAddresses: ['127.3.2.1'], signal: AbortSignal.timeout(2000) })
  expect(connector.localAddresses).toBe(true)
  const connection = await connector.open(options, context).catch(() => undefined)
  if (connection) {
    const { exchange, settled } = trial()
    connection.send(connector.fromStep(connector.request.parse(step), address, options), exchange)
    expect((await settled).outcome).toBe('failed')
    await connection.close()
  }
  expect(new Set(from)).toEqual(new Set(['127.3.2.1']))
})
