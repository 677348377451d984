/** What the servers of other protocols on the mock's port have in common. */
import type { Socket } from 'node:net'

/** A server for connections that somebody else accepts. */
export interface Side {
  accept(socket: Socket): void
  close(): void
}
