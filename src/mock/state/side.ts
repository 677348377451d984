import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** A server inside the mock, such as its MQTT broker, that gets accepted connections handed over and does not listen itself. */
export interface Side {
  /** Serves a connection: over `webSocket` on that socket when given, else directly over the socket. */
  accept(socket: Socket, webSocket?: WebSocket): void
  close(): void
}
