import type { Duplex } from 'node:stream'
import { waitFor } from '../wire/gate.ts'

/** Packets with more bytes than this are written in pieces, because copying them would cost more than it saves. */
const MOST_HELD = 16_384

/**
 * Joins the pieces of a packet (up to a dozen) that the `mqtt` library writes to a stream one by one, so that each packet of up to 16 KiB is one
 * write to the socket. The stream's own `cork` would pass the pieces to the system separately, and over WebSocket each piece would become a frame.
 */
export class PacketWriter {
  /** Number of bytes written so far, including those that are still held in this object. */
  bytes = 0
  private readonly stream: Duplex
  private readonly writeThrough: (chunk: string | Uint8Array, ...rest: unknown[]) => boolean
  private pieces: (string | Uint8Array)[] = []
  private held = 0
  private corks = 0
  /** True while a packet that was given to `soon` is held back. */
  private answering = false

  constructor(stream: Duplex) {
    this.stream = stream
    // `write` and `end` have several forms; the arguments after the chunk are passed on unchanged
    this.writeThrough = stream.write.bind(stream) as typeof this.writeThrough
    const end = stream.end.bind(stream) as (...all: unknown[]) => Duplex
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => this.write(chunk, rest)
    stream.cork = () => {
      this.corks += 1
    }
    stream.uncork = () => {
      this.corks = Math.max(0, this.corks - 1)
      if (this.corks === 0) this.flush()
    }
    stream.end = (...all: unknown[]) => {
      this.flush()
      return end(...all)
    }
  }

  /**
   * Writes a packet, such as an acknowledgement, after the callbacks of this turn of the event loop. The user's next publish, which one of these
   * callbacks may make, then goes out in the same write. Nothing is read while the stream is full: a peer that sends and never reads would otherwise
   * make burn hold more and more acknowledgements.
   */
  soon(packet: Buffer): void {
    if (this.held === 0) queueMicrotask(() => process.nextTick(() => this.flush()))
    this.answering = true
    this.bytes += packet.length
    this.held += packet.length
    this.pieces.push(packet)
  }

  private write(chunk: string | Uint8Array, rest: unknown[]): boolean {
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
    this.bytes += size
    if (this.corks > 0 && this.held + size <= MOST_HELD) {
      this.pieces.push(chunk)
      this.held += size
      // To return `false` promises a `drain` event, which only comes after a write that filled the stream's buffer.
      return !this.stream.writableNeedDrain
    }
    this.flush()
    return this.writeThrough(chunk, ...rest)
  }

  private flush(): void {
    if (this.held === 0) return
    const { pieces, held, answering } = this
    this.pieces = []
    this.held = 0
    this.answering = false
    const packet = Buffer.allocUnsafe(held)
    let at = 0
    for (const piece of pieces) {
      if (typeof piece === 'string') at += packet.write(piece, at)
      else {
        packet.set(piece, at)
        at += piece.byteLength
      }
    }
    if (!this.stream.destroyed && !this.writeThrough(packet) && answering) waitFor(this.stream, this.stream)
  }
}
