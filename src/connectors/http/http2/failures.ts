/** What the ends of HTTP/2 streams and connections mean, as failures. */
import { constants } from 'node:http2'
import type { Exchange, Failure } from '../../../exchange.ts'
import { classify, codeOf } from '../../wire/failures.ts'
import { http2Code as nameOf } from '../../wire/http2-codes.ts'

/** How far a reply had come. */
export function phaseOf(exchange: Exchange): 'headers' | 'stream' {
  return Number.isNaN(exchange.firstByteAt) ? 'headers' : 'stream'
}

/** A stream that ended before its reply did, on a connection that lives. */
export function streamFailure(rstCode: number, exchange: Exchange): Failure {
  const name = nameOf(rstCode)
  const told = { phase: phaseOf(exchange), code: `RST_${name}` }
  if (rstCode === constants.NGHTTP2_NO_ERROR)
    return { ...told, class: 'closed_early', message: 'the stream was reset before the reply was complete: NO_ERROR' }
  // Whoever says it, a rule of HTTP/2 was broken; the library does when a reply has not the length that it tells.
  if (rstCode === constants.NGHTTP2_PROTOCOL_ERROR)
    return { ...told, class: 'bad_http', message: `the stream broke the rules of HTTP/2: ${name}${lengths(exchange)}` }
  const ours = rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM && told.phase === 'headers' ? HEADERS_BOUND : ''
  return { ...told, class: 'reset', message: `the stream was reset: ${name}${ours}` }
}

/** The library tells its own reset as it tells one of the server. */
const HEADERS_BOUND = ' (burn does so itself for a reply of more than 2,000 headers or 256 KiB of them)'

function lengths({ headers, bytesReceived }: Exchange): string {
  const told = headers['content-length']
  return told === undefined ? '' : ` (${bytesReceived} bytes came, content-length is ${told})`
}

/** The end of a connection under its streams; its phase is of no use. `goawayCode` is what the peer said before, `error` what the library told. */
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
  // The parser's errors are about what came, not about the socket.
  if (codeOf(error) === 'ERR_HTTP2_ERROR' && /CONTINUATION/.test(said(error)))
    return { class: 'too_big', phase: 'headers', message: `the headers of the reply are larger than burn takes: ${said(error)}` }
  if (codeOf(error) === 'ERR_HTTP2_ERROR')
    return { class: 'bad_http', phase: 'stream', message: `what came is not HTTP/2: ${said(error)}`, code: 'ERR_HTTP2_ERROR' }
  return classify(error, 'stream')
}

/**
 * The same for a request on a connection that was kept, and on which nothing has come since: its server gave it up as the request came.
 * HTTP/1.1 names it so as well, by a FIN or a reset alike.
 */
export function givenUp(failure: Failure): Failure {
  if (failure.class !== 'closed_early') return failure
  return { class: 'reset', phase: 'headers', message: 'the kept connection was closed when the request came' }
}

/** The words of an error. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
