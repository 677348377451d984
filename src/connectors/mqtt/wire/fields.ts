import { isUtf8 } from 'node:buffer'

/** Thrown when an MQTT packet from the broker breaks the standard; the message says how. */
export class Malformed extends Error {}

/** Matches a topic with a wildcard. */
const WILDCARD = /[+#]/

/** Reads the fields of an MQTT packet one after the other. Each method throws Malformed when the packet is too short. @see MQTT 5.0, section 1.5 */
export class PacketFields {
  private readonly bytes: Buffer
  private readonly packet: string
  private at: number

  /** `at` is the index in `bytes` at which the variable header begins; `packet` names the packet in error messages. */
  constructor(bytes: Buffer, at: number, packet: string) {
    this.bytes = bytes
    this.at = at
    this.packet = packet
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  byte(): number {
    return this.bytes[this.step(1)] ?? 0
  }

  word(): number {
    const at = this.step(2)
    // `readUInt16BE` checks once more what `step` has checked, and takes longer than all else here.
    return ((this.bytes[at] ?? 0) << 8) | (this.bytes[at + 1] ?? 0)
  }

  long(): number {
    return this.bytes.readUInt32BE(this.step(4))
  }

  /** Reads a variable byte integer, which must not have more bytes than it needs. */
  varint(): number {
    let value = 0
    for (let index = 0; index < 4; index += 1) {
      const byte = this.byte()
      value += (byte & 0x7f) * 128 ** index
      if (byte >= 0x80) continue
      if (byte === 0 && index > 0) throw new Malformed(`${this.packet} has a number of more bytes than it needs`)
      return value
    }
    throw new Malformed(`${this.packet} has a number of more than four bytes`)
  }

  binary(): Buffer {
    const length = this.word()
    const start = this.step(length)
    return this.bytes.subarray(start, start + length)
  }

  /** Reads a text: UTF-8 without the character U+0000. */
  text(): string {
    const bytes = this.binary()
    if (!isUtf8(bytes)) throw new Malformed(`${this.packet} has a text that is no UTF-8`)
    if (bytes.includes(0)) throw new Malformed(`${this.packet} has a text with the character U+0000`)
    return bytes.toString('utf8')
  }

  /** Reads the topic of a PUBLISH, which has no wildcards. */
  topic(): string {
    const topic = this.text()
    if (WILDCARD.test(topic)) throw new Malformed(`${this.packet} has a topic with a wildcard: ${topic}`)
    return topic
  }

  /** Reads a packet id, which is never 0. */
  id(): number {
    const id = this.word()
    if (id === 0) throw new Malformed(`${this.packet} has packet id 0`)
    return id
  }

  /** Returns the next `length` bytes as fields that are read on their own, and skips them here. */
  part(length: number): PacketFields {
    const start = this.step(length)
    return new PacketFields(this.bytes.subarray(0, start + length), start, this.packet)
  }

  /** Returns the bytes of the packet that were not read yet. */
  rest(): Buffer {
    return this.bytes.subarray(this.at)
  }

  /** Checks that all bytes were read. @throws Malformed when some are left */
  end(): void {
    if (this.left > 0) throw new Malformed(`${this.packet} is ${this.left} bytes too long`)
  }

  private step(length: number): number {
    if (length > this.left) throw new Malformed(`${this.packet} is too short`)
    this.at += length
    return this.at - length
  }
}
