/** HTTP/2 servers that break the rules of gRPC, one fault for each method name; each counts the streams it saw. */
import { once } from 'node:events'
import { createServer, constants as h2, type IncomingHttpHeaders, type ServerHttp2Stream, type Settings } from 'node:http2'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A framed message: flag, length, bytes; `length` only to lie about it. */
export function framed(bytes: Buffer, { flag = 0, length = bytes.length } = {}): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flag, 0)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, bytes])
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc+proto' }
/** `EchoReply { text: "hi" }`. */
const HI = Buffer.from([0x0a, 2, 0x68, 0x69])

function respond(stream: ServerHttp2Stream, pieces: readonly Buffer[], trailers: Record<string, string> | undefined, head = {}) {
  stream.respond({ ...GRPC, ...head }, { waitForTrailers: trailers !== undefined })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}))
  for (const piece of pieces) stream.write(piece)
  stream.end()
}

const OK = { 'grpc-status': '0' }

/** What each method does to its caller. */
export const FAULTS: Record<string, (stream: ServerHttp2Stream) => void> = {
  good: (stream) => respond(stream, [framed(HI)], OK),
  garbageStatus: (stream) => respond(stream, [framed(HI)], { 'grpc-status': 'banana' }),
  unknownStatus: (stream) => respond(stream, [framed(HI)], { 'grpc-status': '99', 'grpc-message': 'odd' }),
  noTrailers: (stream) => respond(stream, [framed(HI)], undefined),
  flagWithoutEncoding: (stream) => respond(stream, [framed(HI, { flag: 1 })], OK),
  badGzip: (stream) => respond(stream, [framed(HI, { flag: 1 })], OK, { 'grpc-encoding': 'gzip' }),
  bomb: (stream) => respond(stream, [framed(gzipSync(Buffer.alloc(8 << 20)), { flag: 1 })], OK, { 'grpc-encoding': 'gzip' }),
  doneStream: (stream) => respond(stream, [framed(HI)], OK),
  okWithoutMessageLater: (stream) => stream.respond({ ...GRPC, ...OK }, { endStream: true }),
  okWithoutMessage: (stream) => stream.respond({ ...GRPC, ...OK }, { endStream: true }),
  truncated: (stream) => respond(stream, [framed(HI, { length: 10 })], OK),
  truncatedLater: (stream) => respond(stream, [framed(HI), framed(HI, { length: 10 })], OK),
  notProto: (stream) => respond(stream, [framed(Buffer.from([0x0f]))], OK),
  oversized: (stream) => respond(stream, [framed(HI, { length: 5 << 20 })], OK),
  twoReplies: (stream) => respond(stream, [framed(HI), framed(HI)], OK),
  messageThenError: (stream) => respond(stream, [framed(HI)], { 'grpc-status': '13', 'grpc-message': 'late' }),
  doneThenError: (stream) => respond(stream, [framed(HI)], { 'grpc-status': '13', 'grpc-message': 'late' }),
  status503: (stream) => {
    stream.respond({ ':status': 503, 'content-type': 'text/html' })
    stream.end('<html>no</html>')
  },
  status401: (stream) => {
    stream.respond({ ':status': 401, 'content-type': 'text/plain' })
    stream.end('who are you')
  },
  page200: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' })
    stream.end('<html>welcome</html>')
  },
  refusedOnce: (stream) => {
    const { session } = stream
    if (!session || refusing.has(session)) respond(stream, [framed(HI)], OK)
    else {
      refusing.add(session)
      stream.close(h2.NGHTTP2_REFUSED_STREAM)
    }
  },
  refusedStream: (stream) => stream.close(h2.NGHTTP2_REFUSED_STREAM),
  resetStream: (stream) => {
    stream.respond(GRPC)
    stream.write(framed(HI))
    setTimeout(() => stream.destroy(new Error('broken')), 10)
  },
  resetSocket: (stream) => {
    const socket = resets.get(stream.session?.socket.remotePort ?? 0)
    setTimeout(() => socket?.resetAndDestroy(), 10)
  },
  goaway: (stream) => {
    stream.respond(GRPC, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers(OK))
    stream.session?.goaway(h2.NGHTTP2_NO_ERROR)
    setTimeout(() => stream.end(framed(HI)), 30)
  },
  /** Replies without having read the request, of which only the first 64 KB arrive. */
  answeredUnread: (stream) => void setTimeout(() => respond(stream, [framed(HI)], OK), 50),
  refusedUnread: (stream) => void setTimeout(() => stream.respond({ ...GRPC, 'grpc-status': '16' }, { endStream: true }), 50),
  silent() {},
  stalledLater: (stream) => {
    stream.respond(GRPC)
    stream.write(framed(HI))
  },
}

const refusing = new WeakSet<object>()
const resets = new Map<number, Socket>()

export interface RawGrpcServer {
  readonly url: string
  /** Streams seen, by method. */
  readonly seen: Map<string, number>
  /** The header that tells the deadline, of each stream. */
  readonly timeouts: string[]
  /** Streams that the client reset. */
  aborted: number
  accepted: number
  stop(): Promise<void>
}

/** What a method does in place of its fault, given the request headers. */
type Method = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** Starts it; port 0 picks a free one. */
export async function rawGrpcServer(
  port = 0,
  other: Readonly<Record<string, Method>> = {},
  settings: Settings = {},
): Promise<RawGrpcServer> {
  const server = createServer({ settings })
  const raw: RawGrpcServer = { url: '', seen: new Map(), timeouts: [], aborted: 0, accepted: 0, stop }
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    raw.accepted += 1
    sockets.add(socket)
    resets.set(socket.remotePort ?? 0, socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    raw.seen.set(method, (raw.seen.get(method) ?? 0) + 1)
    raw.timeouts.push(String(headers['grpc-timeout']))
    stream.on('error', () => {})
    stream.on('aborted', () => {
      raw.aborted += 1
    })
    const act = other[method] ?? FAULTS[method]
    act?.(stream, headers)
  })
  async function stop() {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return Object.assign(raw, { url: `grpc://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` })
}

/** A proto whose methods are the faults; those that end with `Later` or are named here stream their replies. */
export function faultProto(): string {
  const streams = new Set([
    'truncatedLater',
    'stalledLater',
    'okWithoutMessageLater',
    'doneStream',
    'resetStream',
    'doneThenError',
  ])
  const methods = Object.keys(FAULTS).map((name) => `  rpc ${name}(Ask) returns (${streams.has(name) ? 'stream ' : ''}Answer);`)
  return [
    'syntax = "proto3";',
    'package faults;',
    'message Ask { string text = 1; }',
    'message Answer { string text = 1; }',
    'service Faults {',
    ...methods,
    '}',
    '',
  ].join('\n')
}
