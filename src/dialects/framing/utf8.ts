import type { FrameSink } from './frames.ts'

const REPLACEMENT = '\uFFFD'

/**
 * Decodes the UTF-8 of a reply that arrives in pieces, which may end inside a character. Invalid bytes become U+FFFD and are reported once, as the
 * warning `bad_utf8`.
 */
export class Utf8Stream {
  private rest: Buffer | undefined
  private readonly sink: FrameSink
  private mayDropBom: boolean
  private bad = false

  /** With `dropBom`, a byte order mark at the very start is dropped, as the standard for server-sent events says. */
  constructor(sink: FrameSink, dropBom = false) {
    this.sink = sink
    this.mayDropBom = dropBom
  }

  /** True when no bytes are held back and a byte order mark has no special meaning, so that the caller may also read the next bytes itself. */
  get isPlain(): boolean {
    return this.rest === undefined && !this.mayDropBom
  }

  /** Decodes the next bytes. Bytes of a character that is not complete are kept for the next call. */
  decode(bytes: Uint8Array): string {
    let input = asBuffer(bytes)
    if (this.rest !== undefined) {
      input = Buffer.concat([this.rest, input])
      this.rest = undefined
    }
    const complete = completeLength(input)
    if (complete < input.length) {
      // Copied, because the socket may reuse its memory.
      this.rest = Buffer.from(input.subarray(complete))
      input = input.subarray(0, complete)
    }
    return this.text(input)
  }

  /** Ends the stream. Returns U+FFFD when the last character was cut off, else ''. */
  flush(): string {
    const rest = this.rest
    this.rest = undefined
    return rest === undefined ? '' : this.text(rest)
  }

  private text(input: Buffer): string {
    const text = input.toString('utf8')
    if (!this.bad && text.includes(REPLACEMENT) && isBad(text, input)) {
      this.bad = true
      this.sink.odd('bad_utf8', badLine(input))
    }
    if (!this.mayDropBom || text === '') return text
    this.mayDropBom = false
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}

/**
 * Decodes a complete received message from UTF-8. Invalid bytes become U+FFFD; they are reported to `sink`, the receiver of the reply's events, as
 * the warning `bad_utf8`.
 */
export function decodeWhole(bytes: Uint8Array, sink: FrameSink): string {
  const stream = new Utf8Stream(sink)
  const text = stream.decode(bytes)
  return text + stream.flush()
}

/** True when `input`, which was decoded to `text`, is not UTF-8. A U+FFFD that the target itself sent is valid. */
function isBad(text: string, input: Buffer): boolean {
  return !Buffer.from(text, 'utf8').equals(input)
}

const LINE_FEED = 0x0a
/** The largest number of bytes before the invalid ones that are shown. */
const LEAD = 1024
const MOST = 4096

/** Returns the line that contains the first bytes which are not UTF-8, cut to MOST bytes. */
function badLine(input: Buffer): Buffer {
  const text = Buffer.from(input.toString('utf8'), 'utf8')
  let at = 0
  while (at < input.length && input[at] === text[at]) at += 1
  const start = Math.max(input.lastIndexOf(LINE_FEED, Math.max(0, at - 1)) + 1, at - LEAD)
  const end = input.indexOf(LINE_FEED, at)
  return input.subarray(start, Math.min(end === -1 ? input.length : end, start + MOST))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Returns the number of bytes without an incomplete character at the end. A cut there does not change how the rest is decoded. */
function completeLength(input: Buffer): number {
  const length = input.length
  const last = length === 0 ? 0 : (input[length - 1] ?? 0)
  if (last < 0x80) return length
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = input[length - back] ?? 0
    if (byte >= 0xc0) return back < sequenceLength(byte) ? length - back : length
    if (byte < 0x80) return length
  }
  return length
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}
