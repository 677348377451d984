/** Other protocols on the port of HTTP: a connection goes to the server whose protocol its first bytes show, which is loaded when the first one comes. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Side } from './state/side.ts'
import type { MockState } from './state/state.ts'

interface Protocol {
  /** Whether a connection begins in this protocol; no request of HTTP/1 does. */
  begins(first: Buffer): boolean
  start(state: MockState): Promise<Side>
}

/** How every HTTP/2 connection begins. */
const HTTP2_PREFACE = 'PRI '
/** Type and flags of CONNECT, the first packet of every MQTT connection. */
const MQTT_CONNECT = 0x10

const GRPC: Protocol = {
  begins: (first) => first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE,
  start: async (state) => (await import('./grpc/server.ts')).startGrpc(state),
}
const MQTT: Protocol = {
  begins: (first) => first[0] === MQTT_CONNECT,
  start: async (state) => (await import('./mqtt/mqtt.ts')).startMqtt(state),
}
const PROTOCOLS: readonly Protocol[] = [GRPC, MQTT]

/** The other protocols of a port. */
interface Sides {
  /** Loads what takes MQTT out of the messages of a WebSocket; `socket` is the one below. */
  mqtt(): Promise<(webSocket: WebSocket, socket: Socket) => void>
  close(): void
}

/** Takes the gRPC and MQTT connections of a server; the others go where they always went. Call it after other `connection` listeners. */
export function attachSides(server: Server, state: MockState): Sides {
  const [serveHttp] = server.listeners('connection')
  if (!serveHttp) throw new Error('an HTTP server listens to its connections')
  // Node's own listener: it takes a socket as its only argument
  server.removeListener('connection', serveHttp as (socket: Socket) => void)
  const open = new Set<Socket>()
  const started = new Map<Protocol, Promise<Side>>()
  const sideOf = (protocol: Protocol) => {
    const side = started.get(protocol) ?? protocol.start(state)
    started.set(protocol, side)
    return side
  }
  const handOver = (protocol: Protocol, socket: Socket) => {
    state.connections.use(socket)
    sideOf(protocol).then(
      ({ accept }) => accept(socket),
      (error: unknown) => socket.destroy(error instanceof Error ? error : undefined),
    )
  }
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket)).once('error', ignore)
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      // it left without a word
      if (first === null) {
        socket.destroy()
        return
      }
      socket.unshift(first)
      const protocol = PROTOCOLS.find(({ begins }) => begins(first))
      if (protocol) {
        handOver(protocol, socket)
        return
      }
      open.delete(socket)
      socket.off('error', ignore)
      serveHttp.call(server, socket)
    })
  })
  return {
    async mqtt() {
      const { accept } = await sideOf(MQTT)
      return (webSocket, socket) => accept(socket, webSocket)
    },
    close() {
      for (const socket of open) socket.destroy()
      for (const side of started.values())
        side.then(
          ({ close }) => close(),
          // each of its connections has been told already
          ignore,
        )
    },
  }
}

function ignore(): void {}
