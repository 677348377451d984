import type { Headers } from '../../exchange.ts'
import { saysJson } from '../../text/json.ts'
import type { Dialect, Framing } from '../parts/dialect.ts'

const NDJSON = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/jsonlines',
])

/** How to read a reply; `wrong` is a content type that cannot hold the stream that was asked for. */
export type Reading = Framing | 'wrong'

/** The media type of a reply without its parameters, in lower case; '' when it names none. */
export function mediaType(headers: Headers): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** Picks the framing of a reply: its content type decides, then the dialect. `lenient`: plain text may be a whole reply. */
export function pickReading(dialect: Dialect, streaming: boolean, lenient: boolean, status: number, headers: Headers): Reading {
  const type = mediaType(headers)
  // Not an HTTP reply but what came out of an upgrade, or the status of another protocol.
  if (status < 200 || type.startsWith('application/grpc')) return 'message'
  if (type === 'text/event-stream') return 'sse'
  if (NDJSON.has(type)) return 'ndjson'
  if (saysJson(type)) return forJson(dialect, streaming)
  if (!streaming || (lenient && type.startsWith('text/'))) return 'json'
  if (type === '' || type === 'text/plain' || type === 'application/octet-stream') return dialect.framing
  return 'wrong'
}

/** A server that does not stream answers with one document; some label their lines or their array in the same way. */
function forJson(dialect: Dialect, streaming: boolean): Framing {
  return streaming && (dialect.framing === 'json-array' || dialect.framing === 'ndjson') ? dialect.framing : 'json'
}
