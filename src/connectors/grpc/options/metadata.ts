import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'
import type { Headers } from '../../../exchange.ts'
import type { GrpcRequest } from './request.ts'

/** Returns the metadata of a gRPC request as header values. Binary values lose the padding of their base64, as gRPC requires. */
export function metadataOf(request: GrpcRequest): Record<string, string> {
  const entries = Object.entries(request.metadata).map(([name, value]) => [
    name,
    name.endsWith('-bin') ? Buffer.from(value, 'base64').toString('base64').replace(/=+$/, '') : value,
  ])
  return Object.fromEntries(entries)
}

/**
 * Converts HTTP/2 headers or trailers to one text for each name, without pseudo-headers such as `:status`. The values of a repeated name are joined
 * with ", ".
 */
export function plainHeaders(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): Headers {
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
}
