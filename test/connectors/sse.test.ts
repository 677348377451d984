import { sse } from '../../src/connectors/sse.ts'
import { type EventStreamServer, eventStreamServer } from '../servers/event-stream.ts'
import { addressOf, connectorContract } from './contract.ts'

const FRAMES = ['event: delta\ndata: one\n\n', 'event: delta\ndata: two\n\n', 'event: done\ndata: {}\n\n']

function talk(server: EventStreamServer, body: string): void {
  if (body.includes('hang')) return
  const { response } = server.stream()
  for (const frame of body.includes('vanish') ? FRAMES.slice(0, 1) : FRAMES) response.write(frame)
  if (body.includes('vanish')) response.end()
}

async function subject(more: object) {
  const server = await eventStreamServer({ post: talk })
  return {
    connector: sse,
    options: sse.options.parse({
      mode: 'subscribe',
      subscribe: { path: '/events', events: ['delta', 'done'], end: { event: 'done' } },
      ...more,
    }),
    address: addressOf(`${server.url}/say`),
    message: { frames: { say: 'frames' }, hang: { say: 'hang' }, vanish: { say: 'vanish' } },
    frames: FRAMES,
    vanishClasses: ['closed_early'],
    sockets: 2,
    hangs: 'http:',
    requests: () => server.posted(),
    openSockets: () => server.openSockets(),
    stop: () => server.stop(),
    forget: () => server.forget(),
  }
}

connectorContract('sse, mode: subscribe', () => subject({}))
connectorContract('sse, mode: subscribe, connection: shared', () => subject({ connection: 'shared', maxConnections: 1 }))
