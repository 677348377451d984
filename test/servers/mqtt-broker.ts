/** A real broker (aedes) with a chatbot behind it, on the loopback, over TCP and WebSocket. */
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type Client } from 'aedes'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { listenOnOwnPort } from '../support/own-port.ts'

export interface BrokerOptions {
  /** Who may come in; everybody when left out. */
  readonly password?: string
  /** What the chatbot does with a message on chat/in; left out: nobody answers. */
  readonly onMessage?: (message: {
    client: Client
    topic: string
    text: string
    say: (topic: string, text: string) => void
  }) => void
}

export interface Broker {
  readonly url: string
  readonly wsUrl: string
  readonly port: number
  /** Payloads that clients published, by topic. */
  readonly published: { readonly topic: string; readonly text: string; readonly qos: number; readonly clientId: string }[]
  /** Ids of all clients that ever connected. */
  readonly clientIds: string[]
  readonly usernames: string[]
  openSockets(): number
  /** Ends all connections at once, and listens no more. */
  stop(): Promise<void>
}

async function listen(server: Server, port: number | undefined): Promise<number> {
  if (port === undefined) return listenOnOwnPort(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return port
}

export async function startBroker({ password, onMessage }: BrokerOptions = {}, port?: number): Promise<Broker> {
  const published: Broker['published'] = []
  const clientIds: string[] = []
  const usernames: string[] = []
  const aedes = await Aedes.createBroker({
    authenticate(_client, username, given, done) {
      usernames.push(username ?? '')
      done(null, password === undefined || given?.toString() === password)
    },
  })
  const say = (topic: string, text: string) =>
    aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(text), qos: 1, retain: false, dup: false }, () => {})
  aedes.on('client', (client) => clientIds.push(client.id))
  aedes.on('publish', (packet, client) => {
    if (!client) return
    const text = packet.payload.toString()
    published.push({ topic: packet.topic, text, qos: packet.qos, clientId: client.id })
    onMessage?.({ client, topic: packet.topic, text, say })
  })
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  }
  const server = createServer({ noDelay: true }, (socket) => {
    track(socket)
    aedes.handle(socket)
  })
  const web = createHttpServer().on('connection', track)
  const upgrades = new WebSocketServer({ server: web, handleProtocols: () => 'mqtt' })
  upgrades.on('connection', (socket, request) => aedes.handle(createWebSocketStream(socket), request))
  const bound = await listen(server, port)
  const webPort = await listenOnOwnPort(web)
  return {
    url: `mqtt://127.0.0.1:${bound}`,
    wsUrl: `ws://127.0.0.1:${webPort}/mqtt`,
    port: bound,
    published,
    clientIds,
    usernames,
    openSockets: () => sockets.size,
    async stop() {
      for (const socket of sockets) socket.resetAndDestroy()
      await Promise.all([server, web].map((each) => new Promise((resolve) => each.close(resolve))))
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
    },
  }
}
