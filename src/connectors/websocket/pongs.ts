import type { WebSocket } from 'ws'

/** The largest number of pongs that wait to be written. Beyond them only the newest ping is answered, as RFC 6455 section 5.5.3 allows. */
const MAX_PENDING = 64
const OPEN = 1

/**
 * Answers the WebSocket pings of a server. If pings come faster than the server reads the pongs, only the newest is answered, so that memory stays
 * bounded.
 */
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
