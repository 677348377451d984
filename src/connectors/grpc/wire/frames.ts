import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { codeOf } from '../../wire/failures.ts'
import type { CallFailure } from './status.ts'

/** The number of bytes before each gRPC message on the wire. They hold the compression flag and the length of the message. */
export const FRAME_HEAD = 5

/** The compressions of gRPC messages that burn accepts, as they are listed in the header `grpc-accept-encoding`. */
export const ACCEPTED = 'identity,deflate,gzip'

/**
 * Returns a gRPC message in the form in which it is sent: compression flag, length, bytes.
 * @see Length-Prefixed-Message in the gRPC protocol over HTTP/2
 */
export function framed(message: Buffer, compression: 'none' | 'gzip' | 'deflate'): Buffer {
  const body = compression === 'gzip' ? gzipSync(message) : compression === 'deflate' ? deflateSync(message) : message
  const frame = Buffer.allocUnsafe(FRAME_HEAD + body.length)
  frame[0] = compression === 'none' ? 0 : 1
  frame.writeUInt32BE(body.length, 1)
  body.copy(frame, FRAME_HEAD)
  return frame
}

/** Takes each complete message; `wireBytes` is its size on the wire, with its head. */
type TakeMessage = (message: Buffer, wireBytes: number) => void

/** Splits received bytes, which arrive in pieces of any size, into gRPC messages, and decompresses these. */
export class Deframer {
  /** The `grpc-encoding` of the reply; undefined when it has none. */
  encoding: string | undefined
  private readonly maxMessage: number
  private readonly take: TakeMessage
  private pieces: Buffer[] = []
  private held = 0
  /** Size in bytes of the current message, with its head; undefined until the head has come. */
  private need: number | undefined

  /** `maxMessage` limits a message in bytes, before and after decompression; `take` gets each complete message. */
  constructor(maxMessage: number, take: TakeMessage) {
    this.maxMessage = maxMessage
    this.take = take
  }

  /** True when the beginning of a message has come and its end has not. */
  get inside(): boolean {
    return this.held > 0
  }

  /** Reads the next piece of received bytes. Returns the failure when they hold no valid message; `push` must not be called after that. */
  push(piece: Buffer): CallFailure | undefined {
    this.pieces.push(piece)
    this.held += piece.length
    while (this.held >= (this.need ?? FRAME_HEAD)) {
      const failure = this.need === undefined ? this.readHead() : this.readMessage(this.need)
      if (failure) return failure
    }
    return undefined
  }

  private readHead(): CallFailure | undefined {
    const all = this.join()
    const flag = all[0] ?? 0
    const length = all.readUInt32BE(1)
    if (flag > 1) return { class: 'bad_grpc', message: `a message has the reserved flag ${flag} in place of 0 or 1` }
    if (flag === 1 && !isCompression(this.encoding))
      return {
        class: 'bad_grpc',
        message: `a message is marked as compressed, but grpc-encoding is ${this.encoding ?? 'missing'}`,
        cause: 'bad_encoding',
      }
    if (length > this.maxMessage) return tooBig(`message larger than max (${length} vs ${this.maxMessage})`)
    this.need = FRAME_HEAD + length
    return undefined
  }

  private readMessage(need: number): CallFailure | undefined {
    const all = this.join()
    const rest = all.subarray(need)
    this.pieces = rest.length > 0 ? [rest] : []
    this.held = rest.length
    this.need = undefined
    const body = all.subarray(FRAME_HEAD, need)
    if (all[0] === 0) {
      this.take(body, need)
      return undefined
    }
    const inflated = this.inflate(body)
    if (!Buffer.isBuffer(inflated)) return inflated
    this.take(inflated, need)
    return undefined
  }

  private inflate(body: Buffer): Buffer | CallFailure {
    const bound = { maxOutputLength: this.maxMessage }
    try {
      return this.encoding === 'gzip' ? gunzipSync(body, bound) : inflateSync(body, bound)
    } catch (error) {
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
        return tooBig(`message that decompresses to a size larger than max (${this.maxMessage})`)
      const said = error instanceof Error ? error.message : String(error)
      return { class: 'bad_grpc', message: `cannot decompress a ${this.encoding} message: ${said}`, cause: 'bad_encoding' }
    }
  }

  private join(): Buffer {
    const [first, ...more] = this.pieces
    if (first && more.length === 0) return first
    const all = Buffer.concat(this.pieces, this.held)
    this.pieces = [all]
    return all
  }
}

function isCompression(encoding: string | undefined): boolean {
  return encoding === 'gzip' || encoding === 'deflate'
}

function tooBig(what: string): CallFailure {
  return { class: 'grpc_RESOURCE_EXHAUSTED', message: `a ${what}: raise grpc.maxMessage to accept it`, cause: 'too_big' }
}
