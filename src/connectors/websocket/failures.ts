import type { IncomingMessage } from 'node:http'
import type { Failure } from '../../exchange.ts'
import { statusText } from '../../text/http-status.ts'
import { classify, codeOf, isSocketError } from '../wire/failures.ts'

/** Messages for the codes that the library reports when there was no close frame, or none with a code. */
const WITHOUT_CODE: Readonly<Record<number, string>> = {
  1005: 'the server closed the socket and gave no code',
  1006: 'the connection ended without a close frame',
}

/** Returns the failure for a WebSocket that was closed, such as `ws_close_1006`. `cause` is the error of the socket under it, if there was one. */
export function closeFailure(code: number, reason: string, cause: Error | undefined): Failure {
  const said = WITHOUT_CODE[code] ?? `the server closed the socket with ${code}`
  const why = reason === '' ? (cause?.message ?? '') : reason
  const own = codeOf(cause)
  return {
    class: `ws_close_${code}`,
    phase: 'stream',
    message: why === '' ? said : `${said}: ${why}`,
    ...(own === undefined ? {} : { code: own }),
  }
}

/** The failure classes of servers that close properly. Code 1005 means a close frame without a code. */
const FAREWELLS = new Set(['ws_close_1000', 'ws_close_1001', 'ws_close_1005'])

/** True when the server has closed a WebSocket properly: with a close frame that has the code 1000 or 1001, or no code. */
export function isFarewell(failure: Failure): boolean {
  return FAREWELLS.has(failure.class)
}

/**
 * The time in ms within which a WebSocket message and the server's close frame are taken to have crossed on the way. The message must be sent within
 * this time after the last bytes from the server, and the close frame must arrive within this time after the message.
 */
export const MEETING_MS = 20

/**
 * Returns the failure `ws_met_close` of a WebSocket message that crossed the server's close frame on the way, so that the server never read it.
 * `failure` is the failure of the closed connection.
 */
export function metClose(failure: Failure): Failure {
  const message = `${failure.message}, right after a reply and as the next message went out: the message met the close frame, and was not answered`
  return { ...failure, class: 'ws_met_close', message }
}

/** Returns the failure for bytes that break the WebSocket protocol. The library has then closed the WebSocket with code 1002, 1007 or 1009. */
export function protocolFailure(error: Error): Failure {
  const code = codeOf(error)
  const tooLarge = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
  const message = tooLarge ? `${error.message}: raise websocket.maxMessage to accept larger messages` : error.message
  return { class: 'bad_ws', phase: 'stream', message, ...(code === undefined ? {} : { code }) }
}

/** Returns the failure for a WebSocket handshake that ended in an error: the connection was lost, or the answer was not HTTP. */
export function handshakeFailure(error: Error): Failure {
  const code = codeOf(error)
  if (code?.startsWith('HPE_')) return { class: 'bad_http', phase: 'headers', message: error.message, code }
  // Node reports a FIN before the reply as a reset too, but then the error names no system call.
  if (code === 'ECONNRESET' && !('syscall' in error))
    return {
      class: 'closed_early',
      phase: 'headers',
      message: 'the connection was closed before the handshake was answered',
      code,
    }
  if (isSocketError(error)) return classify(error, 'headers')
  return { class: 'bad_ws', phase: 'headers', message: error.message, ...(code === undefined ? {} : { code }) }
}

/** Returns the failure for a WebSocket handshake that the server answered with an ordinary HTTP reply, such as status 404. */
export function statusFailure({ statusCode = 0, headers }: IncomingMessage): Failure {
  const status = statusText(statusCode)
  const answered = `the handshake was answered with ${status}`
  if (statusCode < 300)
    return { class: 'bad_ws', phase: 'headers', message: `${answered}: that address speaks HTTP, but no WebSocket` }
  const retry = headers['retry-after']
  const limited = statusCode === 429 || (statusCode === 503 && retry !== undefined)
  const where = headers.location === undefined ? '' : ` to ${headers.location}`
  const wait = retry === undefined ? '' : `; retry after ${retry}`
  return { class: limited ? 'rate_limited' : 'http_status', phase: 'headers', message: `${answered}${where}${wait}` }
}

/** Returns the failure for a WebSocket whose server did not answer a ping within `timeoutMs`, so that it counts as gone or stuck. */
export function silentFailure(timeoutMs: number): Failure {
  return { class: 'timeout_idle', phase: 'stream', message: `no pong for ${timeoutMs} ms: the peer is gone or stuck` }
}

/** Returns the failure for a WebSocket handshake that the server did not answer in time. */
export function unanswered(message: string): Failure {
  return { class: 'timeout_headers', phase: 'headers', message }
}

/** Returns the failure for a WebSocket that could not be opened in time, or that was no longer needed before it was open. */
export function givenUp(message: string): Failure {
  return { class: 'connect_timeout', phase: 'connect', message }
}
