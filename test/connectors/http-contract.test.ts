import type { Socket } from 'node:net'
import { http } from '../../src/connectors/http.ts'
import { sse } from '../../src/connectors/sse.ts'
import { CHUNKED, chunk, type FaultServer, faultServer } from '../servers/http-faults.ts'
import { addressOf, connectorContract } from './contract.ts'

const FRAMES = ['data: one\n\n', 'data: two\n\n', 'data: [DONE]\n\n']
const HEAD = CHUNKED.replace('\r\n\r\n', '\r\ncontent-type: text/event-stream\r\n\r\n')

async function talk(socket: Socket, body: string): Promise<void> {
  if (body.includes('hang')) return
  socket.write(HEAD)
  for (const frame of body.includes('vanish') ? FRAMES.slice(0, 1) : FRAMES) {
    socket.write(chunk(frame))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (body.includes('vanish')) socket.end()
  else socket.write('0\r\n\r\n')
}

const start = (): Promise<FaultServer> => faultServer({ '/chat': (socket, { body }) => void talk(socket, body) })

function subjectOf(server: FaultServer) {
  return {
    address: addressOf(`${server.url}/chat`),
    message: { frames: { say: 'frames' }, hang: { say: 'hang' }, vanish: { say: 'vanish' } },
    frames: FRAMES,
    vanishClasses: ['closed_early'],
    requests: () => server.seen.length,
    openSockets: () => server.openSockets(),
    stop: () => server.stop(),
    hangs: 'https:',
  }
}

/** The same for a thousand users one after the other. */
function cyclesOf(server: FaultServer) {
  return {
    ...subjectOf(server),
    forget() {
      server.seen.length = 0
    },
  }
}

connectorContract('http', async () => ({
  connector: http,
  options: http.options.parse({}),
  ...cyclesOf(await start()),
}))
connectorContract('http, connection: shared', async () => ({
  connector: http,
  options: http.options.parse({ connection: 'shared' }),
  ...cyclesOf(await start()),
}))
connectorContract('http, a pool of one connection', async () => ({
  connector: http,
  options: http.options.parse({ connection: 'shared', maxConnections: 1 }),
  ...subjectOf(await start()),
}))
connectorContract('sse', async () => ({ connector: sse, options: sse.options.parse({}), ...cyclesOf(await start()) }))
connectorContract('sse, connection: shared', async () => ({
  connector: sse,
  options: sse.options.parse({ connection: 'shared', maxConnections: 1 }),
  ...subjectOf(await start()),
}))
