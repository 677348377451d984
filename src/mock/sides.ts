import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Side } from './state/side.ts'
import type { MockState } from './state/state.ts'

interface Protocol {
  /** Returns true when a connection that starts with these bytes uses this protocol. */
  begins(first: Buffer): boolean
  start(state: MockState): Promise<Side>
}

/** The first bytes of every HTTP/2 connection. */
const HTTP2_PREFACE = 'PRI '
/** The first byte of a CONNECT packet, with which every MQTT connection starts. */
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

/** The servers for other protocols that share the port of the mock's HTTP server. */
interface Sides {
  /** Starts the MQTT broker; resolves with a function that serves MQTT over a WebSocket, given with its TCP socket. */
  mqtt(): Promise<(webSocket: WebSocket, socket: Socket) => void>
  close(): void
}

/**
 * Lets the mock's HTTP server also accept gRPC and MQTT on its port. The first bytes of a connection show its protocol; those of gRPC and MQTT are
 * passed on to the mock's gRPC server and MQTT broker. Call it after all other listeners for `connection` are added.
 */
export function attachSides(server: Server, state: MockState): Sides {
  const [serveHttp] = server.listeners('connection')
  if (!serveHttp) throw new Error('an HTTP server listens to its connections')
  // the cast is safe: Node's own listener takes a socket as its only argument
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
      // the client disconnected without sending a byte
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
          // each of its connections has been destroyed already
          ignore,
        )
    },
  }
}

function ignore(): void {}
