/** A server that answers a request with these frames. */
import type { Peer } from '../../servers/ws-raw.ts'
import { serverFor } from '../websocket-kit.ts'

/** A server that answers every message with these bytes, each item in a write of its own. */
export const answering = (...pieces: readonly Buffer[]) =>
  serverFor({
    message: async ({ socket }: Peer) => {
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  })
