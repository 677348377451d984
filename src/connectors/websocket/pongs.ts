/** Answers the pings of a server, with bounded memory. */
import type { WebSocket } from 'ws'

/** Pongs that may wait to be written. Beyond these only the newest ping is answered, as RFC 6455 section 5.5.3 lets an endpoint do. */
const MAX_PENDING = 64
const OPEN = 1

/** Answers every ping for as long as the server reads its answers; a server that does not read them costs no memory. */
export function answerPings(socket: WebSocket): void {
  let pending = 0
  let newest: Buffer | undefined
  const written = () => {
    pending -= 1
    if (newest === undefined || socket.readyState !== OPEN) return
    const payload = newest
    newest = undefined
    answer(payload)
  }
  const answer = (payload: Buffer) => {
    pending += 1
    socket.pong(payload, true, written)
  }
  socket.on('ping', (payload) => {
    if (socket.readyState !== OPEN) return
    if (pending < MAX_PENDING) answer(payload)
    else newest = Buffer.from(payload)
  })
}
