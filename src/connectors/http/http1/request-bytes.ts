import type { Socket } from 'node:net'
import type { HttpRequest } from '../transport.ts'

/** A larger body is written beside the head and not copied behind it. */
const MAX_COPIED_BYTES = 16 * 1024
/** Methods whose requests say `content-length: 0` when they have no body (RFC 9110, section 8.6). */
const SENDS_EMPTY_LENGTH = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])
const CLOSE = /(?:^|,)\s*close\s*(?:,|$)/i

/** True when a header of the request asks the server to close the connection after the reply. */
export function asksToClose({ headers }: HttpRequest): boolean {
  return headers.connection !== undefined && CLOSE.test(headers.connection)
}

/**
 * Returns request line and headers in Latin-1. `closes` asks the server to close the connection after the reply; `forwarding` are header
 * lines for a proxy, which gets the whole URL.
 */
export function requestHead(request: HttpRequest, closes: boolean, forwarding?: string): string {
  const { method, body } = request
  const start = closes ? startOf(request, closes, forwarding) : keptStart(request, forwarding)
  const length = body?.byteLength ?? 0
  return length > 0 || SENDS_EMPTY_LENGTH.has(method) ? `${start}content-length: ${length}\r\n\r\n` : `${start}\r\n`
}

/** The start for a kept connection, which requests with the same head share; they go the same way, through a proxy or not. */
function keptStart(request: HttpRequest, forwarding: string | undefined): string {
  const { method, url, headers, head } = request
  if (head?.headers !== headers || head.url !== url || head.method !== method) return startOf(request, false, forwarding)
  head.start ??= startOf(request, false, forwarding)
  return head.start
}

function startOf({ method, url, headers }: HttpRequest, closes: boolean, forwarding: string | undefined): string {
  const before = forwarding === undefined ? '' : url.origin
  let start = `${method} ${before}${url.pathname}${url.search} HTTP/1.1\r\nhost: ${headers.host ?? url.host}\r\n${forwarding ?? ''}`
  start += closes ? 'connection: close\r\n' : 'connection: keep-alive\r\n'
  for (const name in headers) {
    if (name !== 'host' && name !== 'connection' && name !== 'content-length') start += `${name}: ${headers[name]}\r\n`
  }
  return start
}

/** Writes a request to a socket, if possible with a single call of the operating system. */
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
