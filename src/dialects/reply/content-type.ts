import type { Headers } from '../../exchange.ts'
import { isJsonContentType } from '../../text/json.ts'
import type { Dialect, Framing } from '../parts/dialect.ts'

const NDJSON = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/jsonlines',
])

/**
 * The way in which a reply is split into events. The value `wrong` means that a stream was requested, but the reply's content type is not that of a
 * stream.
 */
export type Reading = Framing | 'wrong'

/** Returns the media type of a reply in lower case, without parameters; '' when there is none. */
export function mediaType(headers: Headers): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Returns the way to split a reply into events, according to the reply's content type or, if that does not decide, to the API format. With
 * `lenient`, a plain text is accepted as a complete reply.
 */
export function pickReading(dialect: Dialect, streaming: boolean, lenient: boolean, status: number, headers: Headers): Reading {
  const type = mediaType(headers)
  // Not an HTTP reply, but messages after an upgrade, or a reply of another protocol.
  if (status < 200 || type.startsWith('application/grpc')) return 'message'
  if (type === 'text/event-stream') return 'sse'
  if (NDJSON.has(type)) return 'ndjson'
  if (type === 'application/vnd.amazon.eventstream') return 'event-stream'
  if (isJsonContentType(type)) return forJson(dialect, streaming)
  if (!streaming || (lenient && type.startsWith('text/'))) return 'json'
  if (type === '' || type === 'text/plain' || type === 'application/octet-stream') return dialect.framing
  return 'wrong'
}

/**
 * Returns how to split a reply with a JSON content type: as one document, or as lines or an array for dialects whose streams often have that type.
 */
function forJson(dialect: Dialect, streaming: boolean): Framing {
  return streaming && (dialect.framing === 'json-array' || dialect.framing === 'ndjson') ? dialect.framing : 'json'
}
