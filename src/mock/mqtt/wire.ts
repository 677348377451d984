/** The bytes under one MQTT connection of the mock: a TCP socket, or the messages of a WebSocket. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** What comes over a wire. */
interface Hearer {
  data(bytes: Buffer): void
  /** It is gone, whoever ended it. */
  closed(): void
}

export interface MockWire {
  /** Bytes that the client has not taken yet. */
  readonly backlog: number
  write(bytes: Buffer): void
  /** Closes it when all that was written is out. */
  end(): void
  /** Resets the TCP connection. */
  reset(): void
  listen(hearer: Hearer): void
}

/** Status of a WebSocket that was sent a text, which MQTT never is. @see RFC 6455, section 7.4.1 */
const UNACCEPTABLE = 1003

/** MQTT right over TCP. */
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
      // a server of HTTP leaves its side open when the client has closed its own
      socket.once('end', () => socket.end())
    },
  }
}

/** MQTT in binary messages, whose borders mean nothing. `socket` is the one below. @see MQTT 5.0, section 6 */
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
        // the binary type is the default one, so a message is always one Buffer
        if (binary) data(message as Buffer)
        else webSocket.close(UNACCEPTABLE)
      })
    },
  }
}
