import { crc32 } from 'node:zlib'
import { type Framer, type FrameSink, maxEventOf, tooBig } from './frames.ts'

/** Number of bytes before the headers of a message (two lengths and a checksum); TRAILER is the number after its payload (a checksum). */
const PRELUDE = 12
const TRAILER = 4
/** The number that marks a header value as a text. Text values state their length, values of other types have a fixed one. */
const TEXT = 7
const VALUE_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }

/**
 * Returns a reader that splits a reply in AWS's binary stream format (`application/vnd.amazon.eventstream`) into events. Each event is named by its
 * header `:event-type`. An exception from the server becomes an event named `error`, with the exception's type and message as JSON.
 */
export function eventStreamFramer(sink: FrameSink): Framer {
  return new EventStreamFramer(sink)
}

class EventStreamFramer implements Framer {
  private readonly sink: FrameSink
  /** Bytes of a message that is not complete yet. They are joined when `needed` bytes have come. */
  private pieces: Buffer[] = []
  private size = 0
  private needed = PRELUDE
  private isBroken = false

  constructor(sink: FrameSink) {
    this.sink = sink
  }

  push(bytes: Uint8Array): void {
    if (this.isBroken) return
    this.pieces.push(Buffer.from(bytes))
    this.size += bytes.byteLength
    if (this.size < this.needed) return
    const joined = Buffer.concat(this.pieces)
    let at = 0
    while (!this.isBroken && joined.length - at >= PRELUDE) {
      const length = joined.readUInt32BE(at)
      this.needed = length
      if (length < PRELUDE + TRAILER) this.broken(`a message of ${length} bytes`)
      else if (length > maxEventOf(this.sink)) {
        this.isBroken = true
        tooBig(this.sink)
      } else if (joined.length - at < length) break
      else {
        this.message(joined.subarray(at, at + length))
        at += length
        this.needed = PRELUDE
      }
    }
    this.pieces = [joined.subarray(at)]
    this.size = joined.length - at
  }

  end(): void {
    if (!this.isBroken && this.size > 0) this.sink.frame('', Buffer.concat(this.pieces).toString('latin1'), false)
  }

  private broken(reason: string): void {
    this.isBroken = true
    this.sink.broken('bad_encoding', `the event stream is damaged: ${reason}`)
  }

  private message(message: Buffer): void {
    const headersEnd = PRELUDE + message.readUInt32BE(4)
    const end = message.length - TRAILER
    const isIntact =
      crc32(message.subarray(0, 8)) === message.readUInt32BE(8) && crc32(message.subarray(0, end)) === message.readUInt32BE(end)
    const headers = headersEnd <= end ? readHeaders(message.subarray(PRELUDE, headersEnd)) : undefined
    if (!isIntact) this.broken('a wrong checksum')
    else if (headers === undefined) this.broken('headers that cannot be read')
    else {
      const payload = message.toString('utf8', headersEnd, end)
      const isEvent = (headers.get(':message-type') ?? 'event') === 'event'
      this.sink.frame(isEvent ? (headers.get(':event-type') ?? '') : 'error', isEvent ? payload : errorOf(headers, payload), true)
    }
  }
}

/** Returns the text headers of a message by name; undefined when the bytes end inside a header. */
function readHeaders(bytes: Buffer): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd]
    if (type === undefined) return undefined
    const hasLength = type === 6 || type === TEXT
    if (hasLength && nameEnd + 3 > bytes.length) return undefined
    const start = nameEnd + (hasLength ? 3 : 1)
    const length = hasLength ? bytes.readUInt16BE(nameEnd + 1) : VALUE_BYTES[type]
    if (length === undefined || start + length > bytes.length) return undefined
    if (type === TEXT) headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', start, start + length))
    at = start + length
  }
  return headers
}

function errorOf(headers: ReadonlyMap<string, string>, payload: string): string {
  const type = headers.get(':exception-type') ?? headers.get(':error-code') ?? ''
  const message = headers.get(':error-message') ?? messageIn(payload)
  return JSON.stringify({ error: { type, message } })
}

function messageIn(payload: string): string {
  try {
    const { message } = JSON.parse(payload)
    return typeof message === 'string' ? message : payload
  } catch {
    return payload
  }
}
