/** gRPC replies frame by frame, for a raw HTTP/2 server: heads, messages and trailers as a test wants them. */
import { frame } from './http2-raw.ts'

const DATA = 0
const HEADERS = 1
const PUSH_PROMISE = 5
const END_STREAM = 1
const END_HEADERS = 4

export type Fields = readonly (readonly [name: string, value: string])[]

/** HPACK: each field a literal without indexing, its name new. */
function hpack(fields: Fields): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value, 'latin1')
    const length = bytes.length < 127 ? [bytes.length] : [127, ...varint(bytes.length - 127)]
    return Buffer.concat([Buffer.from(length), bytes])
  }
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

/** A head with exactly these fields. */
export function fields(stream: number, list: Fields, end = false): Buffer {
  return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, hpack(list))
}

/** The head of a good reply, and more. */
export function grpcHead(stream: number, more: Fields = []): Buffer {
  return fields(stream, [[':status', '200'], ['content-type', 'application/grpc+proto'], ...more])
}

/** Trailers, which end the stream. */
export function trailers(stream: number, list: Fields): Buffer {
  return fields(stream, list, true)
}

/** A length-prefixed message in a DATA frame; `length` only to lie about it. */
export function message(
  stream: number,
  bytes: Buffer,
  { flag = 0, length = bytes.length, end = false }: { flag?: number; length?: number; end?: boolean } = {},
): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag)
  head.writeUInt32BE(length, 1)
  return frame(DATA, end ? END_STREAM : 0, stream, Buffer.concat([head, bytes]))
}

/** The promise of a push, which a client that turned pushes off must refuse. */
export function pushPromise(stream: number, promised: number): Buffer {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(promised)
  const list = hpack([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/x'],
    [':authority', 'h'],
  ])
  return frame(PUSH_PROMISE, END_HEADERS, stream, Buffer.concat([id, list]))
}

/** `EchoReply { text: "hi" }`. */
export const HI = Buffer.from([0x0a, 2, 0x68, 0x69])
/** A whole good reply. */
export const good = (stream: number) =>
  Buffer.concat([grpcHead(stream), message(stream, HI), trailers(stream, [['grpc-status', '0']])])
