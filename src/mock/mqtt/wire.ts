/** The transport of one MQTT connection to the mock: a TCP socket or a WebSocket. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** The callbacks for the bytes and the end of an MQTT transport. */
interface Hearer {
  data(bytes: Buffer): void
  /** Called once when the transport has ended, no matter which side ended it. */
  closed(): void
}

/** The transport of one connection to the mock's MQTT broker: TCP or WebSocket. */
export interface MockWire {
  /** Number of bytes that were written and have not left this process yet. */
  readonly backlog: number
  write(bytes: Buffer): void
  /** Closes the transport after all written bytes are sent. */
  end(): void
  /** Resets the TCP connection. */
  reset(): void
  listen(hearer: Hearer): void
}

/** The close code of a WebSocket on which a text message came: MQTT messages are binary. @see RFC 6455, section 7.4.1 */
const UNACCEPTABLE = 1003

/** Returns the transport of a connection to the mock's MQTT broker over TCP. */
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

/**
 * Returns the transport of a connection to the mock's MQTT broker over a WebSocket; one MQTT packet may span several WebSocket messages.
 * @see MQTT 5.0, section 6
 */
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
