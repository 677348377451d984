/**
 * Encodes the frames of a streamed reply: as server-sent events, as one JSON value per line, as items of one JSON array, or as binary messages of
 * AWS.
 */
import { eventStreamMessage } from './event-stream.ts'
import type { MockFrame, MockFraming, SentSoFar } from './formats/format.ts'

/** The content type of a streamed reply of the mock, by the stream format (server-sent events, NDJSON …). */
export const CONTENT_TYPES: Readonly<Record<MockFraming, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  ndjson: 'application/x-ndjson',
  'json-array': 'application/json; charset=UTF-8',
  'event-stream': 'application/vnd.amazon.eventstream',
}

/** The settings for writing a frame of a streamed reply as bytes. */
interface EncodeOptions {
  readonly framing: MockFraming
  readonly crlf: boolean
  /** The time of sending, in ms, to add to the frame's JSON; undefined to add none. */
  readonly stamp: number | undefined
  readonly first: boolean
  readonly last: boolean
  readonly sent: SentSoFar
}

/** Encodes one frame of a streamed reply of the mock as bytes, with the separators of the stream format (server-sent events, NDJSON …). */
export function encodeFrame(frame: MockFrame, options: EncodeOptions): Buffer {
  const data = payload(frame, options)
  if (options.framing === 'event-stream') return eventStreamMessage(frame.event ?? '', data)
  return Buffer.from(asText(frame, data, options))
}

function asText(frame: MockFrame, data: string, options: EncodeOptions): string {
  if (options.framing === 'ndjson') return `${data}\n`
  if (options.framing === 'json-array') return `${options.first ? '[' : ',\r\n'}${data}${options.last ? ']' : ''}`
  const eol = options.crlf ? '\r\n' : '\n'
  if (frame.kind === 'ping' && frame.event === undefined) return `: ${data}${eol}${eol}`
  return `${frame.event === undefined ? '' : `event: ${frame.event}${eol}`}data: ${data}${eol}${eol}`
}

function payload(frame: MockFrame, { stamp, sent }: EncodeOptions): string {
  const data = typeof frame.data === 'function' ? frame.data(sent) : frame.data
  if (typeof data === 'string') return data
  return JSON.stringify(frame.kind === 'unit' && stamp !== undefined ? { ...data, mock_sent_ms: stamp } : data)
}

/**
 * Splits a text that the mock sends, as UTF-8, in the middle of each multi-byte character. This tests that clients join the pieces before they decode
 * them.
 */
export function tornPieces(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  for (let i = 0; i < bytes.length; i += 1) {
    const cut = i + (sequenceLength(bytes[i] ?? 0) >> 1)
    if (cut === i) continue
    pieces.push(bytes.subarray(start, cut))
    start = cut
  }
  pieces.push(bytes.subarray(start))
  return pieces
}

/** Splits a reply of the mock into pieces of one byte each, to test that clients can read it. */
export function singleBytes(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
}

/** Returns the length in bytes of the UTF-8 character that begins with the byte `lead`; 1 for ASCII, 0 for a byte inside a character. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4
  if (lead >= 0xe0) return 3
  if (lead >= 0xc0) return 2
  return lead < 0x80 ? 1 : 0
}
