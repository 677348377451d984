import { websocket } from '../../src/connectors/websocket.ts'
import { text } from '../servers/ws-frames.ts'
import { type Peer, type RawServer, rawServer } from '../servers/ws-raw.ts'
import { addressOf, connectorContract } from './contract.ts'

const FRAMES = ['{"delta":"one"}', '{"delta":"two"}', '{"done":true}']

async function talk({ socket }: Peer, message: string): Promise<void> {
  if (message.includes('hang')) return
  for (const frame of message.includes('vanish') ? FRAMES.slice(0, 1) : FRAMES) {
    socket.write(text(frame))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (message.includes('vanish')) socket.end()
}

const start = (): Promise<RawServer> => rawServer({ message: (peer, message) => void talk(peer, message) })

function subjectOf(server: RawServer) {
  return {
    connector: websocket,
    address: addressOf(`${server.url}/chat`),
    message: { frames: { say: 'frames' }, hang: { say: 'hang' }, vanish: { say: 'vanish' } },
    frames: FRAMES,
    endsWith: '{"done":true}',
    vanishClasses: ['ws_close_1006'],
    requests: () => server.messages.length,
    openSockets: () => server.openSockets(),
    stop: () => server.stop(),
    hangs: 'ws:',
    forget: () => server.forget(),
  }
}

connectorContract('websocket', async () => ({ options: websocket.options.parse({}), ...subjectOf(await start()) }))
connectorContract('websocket with compression, pings and reconnecting', async () => ({
  options: websocket.options.parse({
    compression: true,
    ping: { every: '20ms' },
    reconnect: { base: '1ms' },
  }),
  ...subjectOf(await start()),
}))
