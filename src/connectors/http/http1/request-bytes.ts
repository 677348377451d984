import type { HttpRequest, SharedHead } from '../transport.ts'

const MAX_COPIED_BYTES = 16 * 1024
/** Methods whose requests have the header `content-length: 0` when they have no body (RFC 9110, section 8.6). */
const SENDS_EMPTY_LENGTH = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])
const LINE_END = Buffer.from('\r\n')
const CLOSE = /(?:^|,)\s*close\s*(?:,|$)/i

/** True when a header of the request asks the server to close the connection after the reply. */
export function asksToClose({ headers }: HttpRequest): boolean {
  return headers.connection !== undefined && CLOSE.test(headers.connection)
}

/**
 * Returns the bytes of an HTTP/1.1 request (head and body), to be written to a socket. A body that is too large to be copied is left out. `closes`
 * adds a header that asks the server to close the connection after the reply. `forwarding` holds the header lines for an HTTP proxy, to which the
 * request names the whole URL; undefined when the request goes straight to the server.
 */
export function requestBytes(request: HttpRequest, closes: boolean, forwarding?: string): Buffer {
  const { method, body } = request
  const shared = closes ? undefined : sharedHead(request)
  const start = shared?.start ?? Buffer.from(startOf(request, closes, forwarding), 'latin1')
  if (shared) shared.start = start
  const size = body?.byteLength ?? 0
  if (size > 0 || SENDS_EMPTY_LENGTH.has(method)) return withBody(start, size, body)
  const bytes = shared?.bodiless ?? Buffer.concat([start, LINE_END])
  if (shared) shared.bodiless = bytes
  return bytes
}

/** Returns the prepared head that the request shares with other requests; undefined when its method, URL or headers are not those of that head. */
function sharedHead({ method, url, headers, head }: HttpRequest): SharedHead | undefined {
  return head?.headers === headers && head.url === url && head.method === method ? head : undefined
}

function withBody(start: Buffer, size: number, body: Buffer | undefined): Buffer {
  const length = `content-length: ${size}\r\n\r\n`
  const end = start.byteLength + length.length
  const copied = body && !isLarge(body) ? size : 0
  const bytes = Buffer.allocUnsafe(end + copied)
  bytes.set(start)
  bytes.write(length, start.byteLength, 'latin1')
  if (copied > 0) body?.copy(bytes, end)
  return bytes
}

/** True when a request body is too large to be copied into one buffer with the head; it is then written to the socket after the head. */
export const isLarge = (body: Buffer): boolean => body.byteLength > MAX_COPIED_BYTES

function startOf({ method, url, headers }: HttpRequest, closes: boolean, forwarding: string | undefined): string {
  const before = forwarding === undefined ? '' : url.origin
  let start = `${method} ${before}${url.pathname}${url.search} HTTP/1.1\r\nhost: ${headers.host ?? url.host}\r\n${forwarding ?? ''}`
  start += closes ? 'connection: close\r\n' : 'connection: keep-alive\r\n'
  for (const name in headers) {
    if (name !== 'host' && name !== 'connection' && name !== 'content-length') start += `${name}: ${headers[name]}\r\n`
  }
  return start
}
