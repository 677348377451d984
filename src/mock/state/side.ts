/** What the servers of other protocols on the mock's port have in common. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** A server for connections that somebody else accepts. */
export interface Side {
  /** `webSocket`: its messages carry the protocol, the socket carries them. */
  accept(socket: Socket, webSocket?: WebSocket): void
  close(): void
}
