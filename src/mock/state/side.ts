import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/**
 * A server within the mock for a protocol other than HTTP, such as its MQTT broker. It opens no port of its own: the mock's HTTP server passes
 * connections to it.
 */
export interface Side {
  /** Serves a connection: over the WebSocket when one is given, else directly over the TCP socket. */
  accept(socket: Socket, webSocket?: WebSocket): void
  close(): void
}
