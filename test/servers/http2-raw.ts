/** An HTTP/2 server without a library: a test writes its frames. It counts what it saw. */
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { listen } from './http-faults.ts'

const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const GOAWAY = 7
const WINDOW_UPDATE = 8
const END_STREAM = 1
const ACK = 1
const END_HEADERS = 4
const PREFACE_BYTES = 24
const FRAME_HEAD_BYTES = 9

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** One frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUIntBE(payload.byteLength, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Status 200, with a `content-length` on request; `end` is END_STREAM. */
export function head(stream: number, { end = false, length }: { end?: boolean; length?: string } = {}): Buffer {
  // HPACK: entry 8 of the static table; a literal without indexing whose name is entry 28
  const size = length === undefined ? [] : [0x0f, 0x0d, length.length, ...Buffer.from(length)]
  return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, Buffer.from([0x88, ...size]))
}

/** A piece of a body; `end` is END_STREAM. */
export function data(stream: number, text: string, end = false): Buffer {
  return frame(DATA, end ? END_STREAM : 0, stream, Buffer.from(text))
}

export function rst(stream: number, code: number): Buffer {
  return frame(RST_STREAM, 0, stream, uint32(code))
}

export function goaway(last: number, code: number): Buffer {
  return frame(GOAWAY, 0, 0, Buffer.concat([uint32(last), uint32(code)]))
}

/** SETTINGS that bound the streams that the client may open at a time. */
export function maxStreams(count: number): Buffer {
  return frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, 3]), uint32(count)]))
}

/** One whole request. */
export interface RawRequest {
  readonly socket: Socket
  /** Number of the connection, from 1. */
  readonly connection: number
  /** Number of the stream: 1, 3, 5, … */
  readonly stream: number
  /** How many requests the connection has brought, this one included. */
  readonly nth: number
  readonly body: string
}

export interface RawHttp2Server {
  readonly url: string
  /** Whole requests that came, the ones that were not taken included. */
  requests(): number
  /** Heads of requests that came. */
  heads(): number
  connections(): number
  openSockets(): number
  /** RST_STREAM frames of the client. */
  resets(): number
  stop(): Promise<void>
}

export interface RawHttp2Options {
  readonly tls?: TlsOptions
  /** Sent at the start of a connection, in place of empty SETTINGS. */
  readonly settings?: Buffer
  /** What a new connection may do before anything is read; false: the server never reads it. */
  readonly accept?: (connection: number) => boolean
  /** The SETTINGS come so many ms after those of the client. */
  readonly lateMs?: number
  readonly onReset?: (stream: number, socket: Socket) => void
  /** Answers a request as soon as its head is here; its body is then not asked for. */
  readonly onHead?: (request: RawRequest) => void
}

/** Starts it on 127.0.0.1, any free port; `answer` gets each whole request. */
export async function rawHttp2(answer: (request: RawRequest) => void, options: RawHttp2Options = {}): Promise<RawHttp2Server> {
  const { tls, settings = frame(SETTINGS, 0, 0), accept, onHead } = options
  const counts = { heads: 0, requests: 0, connections: 0, resets: 0 }
  const sockets = new Set<Socket>()
  const onSocket = (socket: Socket) => {
    counts.connections += 1
    const connection = counts.connections
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    if (accept?.(connection) === false) {
      socket.resume()
      return
    }
    if (options.lateMs === undefined) socket.write(settings)
    const bodies = new Map<number, string>()
    let nth = 0
    readFrames(socket, ({ type, flags, stream, payload }) => {
      if (type === SETTINGS && !(flags & ACK)) {
        const ack = frame(SETTINGS, ACK, 0)
        if (options.lateMs === undefined) socket.write(ack)
        else setTimeout(() => socket.write(Buffer.concat([settings, ack])), options.lateMs)
      }
      if (type === RST_STREAM) {
        counts.resets += 1
        options.onReset?.(stream, socket)
      }
      if (type === DATA && payload.byteLength > 0 && !onHead) socket.write(frame(WINDOW_UPDATE, 0, 0, uint32(payload.byteLength)))
      if (type === HEADERS) {
        counts.heads += 1
        onHead?.({ socket, connection, stream, nth: nth + 1, body: '' })
      }
      if (type !== HEADERS && type !== DATA) return
      const body = (bodies.get(stream) ?? '') + (type === DATA ? payload.toString() : '')
      bodies.set(stream, body)
      if (!(flags & END_STREAM)) return
      bodies.delete(stream)
      counts.requests += 1
      nth += 1
      answer({ socket, connection, stream, nth, body })
    })
  }
  const server = tls ? createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, onSocket) : createServer({ noDelay: true }, onSocket)
  const port = await listen(server)
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${port}`,
    requests: () => counts.requests,
    heads: () => counts.heads,
    connections: () => counts.connections,
    openSockets: () => sockets.size,
    resets: () => counts.resets,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

function readFrames(socket: Socket, onFrame: (frame: Frame) => void): void {
  let buffer = Buffer.alloc(0)
  let begun = false
  socket.on('data', (bytes: Buffer) => {
    buffer = Buffer.concat([buffer, bytes])
    if (!begun && buffer.byteLength >= PREFACE_BYTES) {
      begun = true
      buffer = buffer.subarray(PREFACE_BYTES)
    }
    while (begun && buffer.byteLength >= FRAME_HEAD_BYTES) {
      const size = FRAME_HEAD_BYTES + buffer.readUIntBE(0, 3)
      if (buffer.byteLength < size) return
      const [, , , type = 0, flags = 0] = buffer
      const read = { type, flags, stream: buffer.readUInt32BE(5), payload: buffer.subarray(FRAME_HEAD_BYTES, size) }
      buffer = buffer.subarray(size)
      onFrame(read)
    }
  })
}
