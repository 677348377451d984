import { Malformed } from './fields.ts'
import type { Version } from './names.ts'
import { checkHeader } from './packet.ts'

/** Takes a complete packet, whose variable header begins at `start`; returns false to stop. */
type Take = (packet: Buffer, start: number) => boolean

interface Extent {
  readonly start: number
  /** Index of the first byte after the packet. */
  readonly end: number
}

/** Splits the bytes from an MQTT broker into packets. The fixed header of a packet is checked as soon as it has come. */
export class PacketFramer {
  private readonly version: Version
  private pieces: Buffer[] = []
  private held = 0
  /** Length in bytes of the packet that has begun; 0 when it is not known. */
  private needed = 0

  constructor(version: Version) {
    this.version = version
  }

  /** Takes the next bytes and calls `take` with each complete packet. @throws Malformed */
  push(chunk: Buffer, take: Take): void {
    const bytes = this.joined(chunk)
    if (!bytes) return
    let at = 0
    this.needed = 0
    for (let extent = this.next(bytes, at); extent; extent = this.next(bytes, at)) {
      if (extent.end > bytes.length) {
        this.needed = extent.end - at
        break
      }
      if (!take(bytes.subarray(at, extent.end), extent.start - at)) return
      at = extent.end
    }
    if (at < bytes.length) this.hold(bytes.subarray(at))
  }

  /** Returns the held bytes with `chunk` after them, and holds nothing any more; undefined while they are not a complete packet. */
  private joined(chunk: Buffer): Buffer | undefined {
    if (this.held === 0) return chunk
    this.hold(chunk)
    if (this.held < this.needed) return undefined
    const bytes = Buffer.concat(this.pieces)
    this.pieces = []
    this.held = 0
    return bytes
  }

  private hold(bytes: Buffer): void {
    this.pieces.push(bytes)
    this.held += bytes.length
  }

  private next(bytes: Buffer, from: number): Extent | undefined {
    if (bytes.length < from + 2) return undefined
    let length = 0
    for (let index = 0; index < 4; index += 1) {
      const byte = bytes[from + 1 + index]
      if (byte === undefined) return undefined
      length += (byte & 0x7f) * 128 ** index
      if (byte >= 0x80) continue
      if (byte === 0 && index > 0 && this.version === 5)
        throw new Malformed('a packet gives its length in more bytes than it needs')
      checkHeader(bytes[from] ?? 0, length, this.version)
      const start = from + 2 + index
      return { start, end: start + length }
    }
    throw new Malformed('a packet gives its length in more than four bytes')
  }
}
