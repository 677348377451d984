/** Decompresses bodies; each piece keeps the arrival time of the chunk that it came in. */
import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { codeOf } from '../wire/failures.ts'

/**
 * The callbacks that receive a decompressed HTTP body: `decoded` for each piece, and `decodedAll` at the end. `broken` is called for bad data; no
 * other call follows it.
 */
export interface DecodeSink {
  decoded(bytes: Uint8Array, at: number): void
  decodedAll(): void
  broken(message: string, code: string | undefined): void
}

const FLUSH = { flush: constants.Z_SYNC_FLUSH }

/** True when this `content-encoding` of an HTTP reply means that the body is not compressed. */
export function isPlain(encoding: string | undefined): boolean {
  return encoding === undefined || encoding.trim() === '' || encoding.trim().toLowerCase() === 'identity'
}

/** True when burn can decompress bodies with this `content-encoding`. Combinations of several encodings are not supported. */
export function isKnown(encoding: string): boolean {
  return ['gzip', 'x-gzip', 'deflate', 'br'].includes(encoding.trim().toLowerCase())
}

/** Decompresses the body of one reply as its pieces arrive. */
export class BodyDecoder {
  private readonly encoding: string
  private readonly sink: DecodeSink
  private stream: Transform | undefined
  /** Arrival times of the chunks that the stream has not finished; the first is the current one. */
  private readonly stamps: number[] = []
  private at = Number.NaN
  private whenIdle: (() => void) | undefined
  private over = false

  constructor(encoding: string, sink: DecodeSink) {
    this.encoding = encoding.trim().toLowerCase()
    this.sink = sink
  }

  /** Takes the next bytes of the body. They are copied, because they are decompressed after the call. */
  push(chunk: Uint8Array, at: number): void {
    if (this.over || chunk.byteLength === 0) return
    this.stream ??= this.open(chunk[0] ?? 0)
    this.stamps.push(at)
    this.stream.write(Buffer.from(chunk), this.consumed)
  }

  /** Ends the input, because the reply is complete; a call of `decodedAll` or `broken` follows. */
  end(): void {
    if (this.stream) this.stream.end()
    else if (!this.over) this.sink.decodedAll()
  }

  /** Calls `idle` when everything pushed so far has been decompressed. */
  settle(idle: () => void): void {
    if (this.over || this.stamps.length === 0) idle()
    else this.whenIdle = idle
  }

  destroy(): void {
    this.over = true
    this.stream?.destroy()
  }

  private open(firstByte: number): Transform {
    const stream = streamFor(this.encoding, firstByte)
    stream.on('data', (bytes: Buffer) => {
      if (!this.over) this.sink.decoded(bytes, this.stamps[0] ?? this.at)
    })
    stream.on('end', () => {
      if (!this.over) this.sink.decodedAll()
    })
    stream.on('error', (error) => this.fail(error))
    return stream
  }

  private fail(error: Error): void {
    if (this.over) return
    this.over = true
    this.sink.broken(error.message, codeOf(error))
    this.whenIdle?.()
  }

  private readonly consumed = (): void => {
    this.at = this.stamps.shift() ?? this.at
    if (this.stamps.length === 0) this.whenIdle?.()
  }
}

/** Makes the decompressor. "deflate" means zlib in the standard and raw deflate in some servers; a zlib header starts with method 8. */
function streamFor(encoding: string, firstByte: number): Transform {
  if (encoding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
  if (encoding !== 'deflate') return createGunzip(FLUSH)
  return (firstByte & 0x0f) === 8 ? createInflate(FLUSH) : createInflateRaw(FLUSH)
}
