import { constants } from 'node:http2'
import type { Exchange, Failure } from '../../../exchange.ts'
import { classify, codeOf } from '../../wire/failures.ts'
import { http2Code as nameOf } from '../../wire/http2-codes.ts'

/** Returns the stage of an exchange in which a failure happens now: `headers` before the first byte of the reply, `stream` afterwards. */
export function phaseOf(exchange: Exchange): 'headers' | 'stream' {
  return Number.isNaN(exchange.firstByteAt) ? 'headers' : 'stream'
}

/** Returns the failure for an HTTP/2 stream that ended before its reply was complete, on a connection that still works. */
export function streamFailure(rstCode: number, exchange: Exchange): Failure {
  const name = nameOf(rstCode)
  const given = { phase: phaseOf(exchange), code: `RST_${name}` }
  if (rstCode === constants.NGHTTP2_NO_ERROR)
    return { ...given, class: 'closed_early', message: 'the stream was reset before the reply was complete: NO_ERROR' }
  // PROTOCOL_ERROR may come from either side; the library sends it for a reply whose length is not its content-length.
  if (rstCode === constants.NGHTTP2_PROTOCOL_ERROR)
    return { ...given, class: 'bad_http', message: `the stream broke the rules of HTTP/2: ${name}${lengths(exchange)}` }
  const ours = rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM && given.phase === 'headers' ? HEADERS_BOUND : ''
  return { ...given, class: 'reset', message: `the stream was reset: ${name}${ours}` }
}

/** Added to the message of a reset, because Node's HTTP/2 library reports a reset by the server and one by itself alike. */
const HEADERS_BOUND = ' (burn does so itself for a reply of more than 2,000 headers or 256 KiB of them)'

function lengths({ headers, bytesReceived }: Exchange): string {
  const given = headers['content-length']
  return given === undefined ? '' : ` (${bytesReceived} bytes came, content-length is ${given})`
}

/**
 * Returns the failure that explains why an HTTP/2 connection with open streams ended: the server's GOAWAY if it has an error code, or else `error`,
 * the error of the connection. Without an error, the failure is that the server closed the connection.
 */
export function connectionFailure(error: unknown, goawayCode: number | undefined): Failure {
  if (goawayCode) {
    const name = nameOf(goawayCode)
    const message = `the server ended the connection: GOAWAY ${name}`
    return { class: 'reset', phase: 'stream', message, code: `GOAWAY_${name}` }
  }
  if (error === undefined) {
    const after = goawayCode === undefined ? '' : ', after a GOAWAY that lets them finish'
    return { class: 'closed_early', phase: 'stream', message: `the server closed the connection under its streams${after}` }
  }
  // Errors of the parser are about the bytes that came, not about the socket.
  if (codeOf(error) === 'ERR_HTTP2_ERROR' && /CONTINUATION/.test(said(error)))
    return { class: 'too_big', phase: 'headers', message: `the headers of the reply are larger than burn takes: ${said(error)}` }
  if (codeOf(error) === 'ERR_HTTP2_ERROR')
    return { class: 'bad_http', phase: 'stream', message: `what came is not HTTP/2: ${said(error)}`, code: 'ERR_HTTP2_ERROR' }
  return classify(error, 'stream')
}

/**
 * Returns the failure of an HTTP/2 request that was sent on an idle connection just when the server closed it. The class `closed_early` becomes
 * `reset`; a failure of any other class is returned unchanged.
 */
export function givenUp(failure: Failure): Failure {
  if (failure.class !== 'closed_early') return failure
  return { class: 'reset', phase: 'headers', message: 'the kept connection was closed when the request came' }
}

/** Returns the message of a value that HTTP/2 code has thrown; a value that is not an Error is converted to text. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
