/** The transport of one MQTT connection to the mock: a TCP socket or a WebSocket. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** Receives the bytes and the end of a transport. */
interface Hearer {
  data(bytes: Buffer): void
  /** The transport has ended, from either side. */
  closed(): void
}

/** The transport of one MQTT connection: TCP or WebSocket. */
export interface MockWire {
  /** Bytes written that the client has not read yet. */
  readonly backlog: number
  write(bytes: Buffer): void
  /** Closes the transport after all written bytes are sent. */
  end(): void
  /** Resets the TCP connection. */
  reset(): void
  listen(hearer: Hearer): void
}

/** Close status of a WebSocket after a text message, since MQTT is binary. @see RFC 6455, section 7.4.1 */
const UNACCEPTABLE = 1003

/** Makes the transport of MQTT over a plain TCP socket. */
export function overSocket(socket: Socket): MockWire {
  socket.setNoDelay(true)
  return {
    get backlog() {
      return socket.writableLength
    },
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    listen({ data, closed }) {
      socket.on('data', data).once('close', closed)
      // an HTTP server keeps its side of a socket open after the client has closed the other
      socket.once('end', () => socket.end())
    },
  }
}

/** Makes the transport of MQTT over a WebSocket on `socket`; message boundaries have no meaning. @see MQTT 5.0, section 6 */
export function overWebSocket(webSocket: WebSocket, socket: Socket): MockWire {
  socket.setNoDelay(true)
  webSocket.on('error', () => {})
  return {
    get backlog() {
      return webSocket.bufferedAmount
    },
    write: (bytes) => webSocket.send(bytes),
    end: () => webSocket.close(),
    reset: () => void socket.resetAndDestroy(),
    listen({ data, closed }) {
      webSocket.once('close', closed)
      webSocket.on('message', (message, binary) => {
        // binaryType has its default, so a message is always one Buffer
        if (binary) data(message as Buffer)
        else webSocket.close(UNACCEPTABLE)
      })
    },
  }
}
