import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** A server inside the mock, such as its MQTT broker. It does not listen; accepted connections are handed to it. */
export interface Side {
  /** Serves an accepted connection: over the WebSocket when one is given, else directly over the TCP socket. */
  accept(socket: Socket, webSocket?: WebSocket): void
  close(): void
}
