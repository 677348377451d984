/** WebSocket frames by hand (RFC 6455 section 5.2), so that they can be wrong. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** What may be odd about a frame. */
export interface FrameOptions {
  /** Last frame of its message; default true. */
  readonly fin?: boolean
  /** Reserved bits, 1 to 7; default 0. */
  readonly reserved?: number
  /** Masked, as only clients may. */
  readonly masked?: boolean
  /** Length to claim in place of the real one. */
  readonly claims?: number
}

/** One frame as a server sends it: not masked. */
export function frame(opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Buffer {
  const { fin = true, reserved = 0, masked = false } = options
  const bytes = Buffer.from(payload)
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const length = lengthBytes(options.claims ?? bytes.byteLength)
  if (masked) length[0] = (length[0] ?? 0) | 0x80
  return Buffer.concat([Buffer.from([...head, ...length]), masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes])
}

export const text = (payload: string | Buffer, options?: FrameOptions) => frame(OPCODE.text, payload, options)

/** A close frame; without a code it is empty. */
export function close(code?: number, reason = ''): Buffer {
  if (code === undefined) return frame(OPCODE.close)
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return frame(OPCODE.close, Buffer.concat([payload, Buffer.from(reason)]))
}

function lengthBytes(length: number): number[] {
  if (length < 126) return [length]
  if (length < 65_536) return [126, length >> 8, length & 0xff]
  const long = Buffer.alloc(8)
  long.writeBigUInt64BE(BigInt(length))
  return [127, ...long]
}

/** A frame that a client sent, its mask taken off. */
export interface ClientFrame {
  readonly opcode: number
  readonly masked: boolean
  readonly payload: Buffer
  /** Length of the whole frame on the wire. */
  readonly bytes: number
}

/** The first whole frame in a buffer, or undefined. */
export function parseFrame(buffer: Buffer): ClientFrame | undefined {
  if (buffer.byteLength < 2) return undefined
  const masked = ((buffer[1] ?? 0) & 0x80) !== 0
  const short = (buffer[1] ?? 0) & 0x7f
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0
  if (buffer.byteLength < 2 + extra) return undefined
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short
  const start = 2 + extra + (masked ? 4 : 0)
  if (buffer.byteLength < start + length) return undefined
  const mask = masked ? buffer.subarray(start - 4, start) : Buffer.alloc(4)
  const payload = Buffer.from(buffer.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
  return { opcode: (buffer[0] ?? 0) & 0x0f, masked, payload, bytes: start + length }
}
