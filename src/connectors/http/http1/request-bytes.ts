import type { Socket } from 'node:net'
import type { HttpRequest } from '../transport.ts'

/** A larger body is written beside the head and not copied behind it. */
const MAX_COPIED_BYTES = 16 * 1024
/** Methods whose requests say `content-length: 0` when they have no body (RFC 9110, section 8.6). */
const SENDS_EMPTY_LENGTH = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])
const CLOSE = /(?:^|,)\s*close\s*(?:,|$)/i

/** True when a request asks the server to close the connection by a header of its own. */
export function asksToClose({ headers }: HttpRequest): boolean {
  return headers.connection !== undefined && CLOSE.test(headers.connection)
}

/** Returns request line and headers in Latin-1. `closes` asks the server to close the connection after the reply. */
export function requestHead({ method, url, headers, body }: HttpRequest, closes: boolean): string {
  let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${headers.host ?? url.host}\r\n`
  head += closes ? 'connection: close\r\n' : 'connection: keep-alive\r\n'
  for (const name in headers) {
    if (name !== 'host' && name !== 'connection' && name !== 'content-length') head += `${name}: ${headers[name]}\r\n`
  }
  const length = body?.byteLength ?? 0
  return length > 0 || SENDS_EMPTY_LENGTH.has(method) ? `${head}content-length: ${length}\r\n\r\n` : `${head}\r\n`
}

/** Writes a request, if possible with one call of the system. */
export function writeRequest(socket: Socket, head: string, body: Buffer | undefined): void {
  if (!body || body.byteLength === 0) socket.write(head, 'latin1')
  else if (body.byteLength <= MAX_COPIED_BYTES) {
    const bytes = Buffer.allocUnsafe(head.length + body.byteLength)
    bytes.write(head, 'latin1')
    body.copy(bytes, head.length)
    socket.write(bytes)
  } else {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
  }
}
