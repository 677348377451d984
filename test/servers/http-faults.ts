/** An HTTP server on raw sockets that misbehaves as asked: the path of the request names the fault. It counts what it saw. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { listenOnOwnPort } from '../support/own-port.ts'

/** One whole request. */
export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Head and body, as they came. */
  readonly bytes: number
  /** Number of the connection that it came over, from 1. */
  readonly connection: number
}

export type Fault = (socket: Socket, request: Seen) => void

export interface FaultServer {
  readonly url: string
  readonly port: number
  readonly seen: Seen[]
  connections(): number
  openSockets(): number
  /** Ends every open socket with a reset. */
  resetAll(): void
  stop(): Promise<void>
}

const HEAD = 'HTTP/1.1 200 OK\r\n'
const LENGTH_2 = `${HEAD}content-length: 2\r\n\r\n`

/** A complete reply with a length. */
export function reply(body: string | Buffer, headers: Record<string, string> = {}, status = '200 OK'): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}

/** A complete reply of a chat API (OpenAI's) with this text, not streamed. */
export function chatReply(content: string, status?: string): Buffer {
  const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }]
  return reply(JSON.stringify({ choices }), { 'content-type': 'application/json' }, status)
}

/** One chunk of a chunked body. */
export function chunk(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

const write = (text: string | Buffer) => (socket: Socket) => void socket.write(text)
const end = (text: string) => (socket: Socket) => void socket.end(text)
/** Resets once the client has had the time to read: a reset throws away what is not read yet. */
const reset = (text: string) => (socket: Socket) => void socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20))

/** Head of a chunked reply. */
export const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`

/** The faults by path. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  '/ok': write(`${LENGTH_2}ok`),
  '/echo': (socket, request) => socket.write(reply(JSON.stringify(request), { 'content-type': 'application/json' })),
  '/hang': () => {},
  '/close-before-head': (socket) => void socket.end(),
  '/reset-before-head': (socket) => void socket.resetAndDestroy(),
  '/close-in-head': end('HTTP/1.1 200 OK\r\nx-half'),
  '/reset-in-head': reset('HTTP/1.1 200 OK\r\nx-half'),
  '/close-in-length': end(`${HEAD}content-length: 10\r\n\r\nhello`),
  '/close-in-length-closing': end(`${HEAD}connection: close\r\ncontent-length: 10\r\n\r\nhello`),
  '/reset-in-length': reset(`${HEAD}content-length: 10\r\n\r\nhello`),
  '/reset-in-length-closing': reset(`${HEAD}connection: close\r\ncontent-length: 10\r\n\r\nhello`),
  '/close-in-chunk': end(`${CHUNKED}a\r\nhello`),
  '/close-in-chunk-closing': end(`${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\na\r\nhello`),
  '/close-between-chunks': end(`${CHUNKED}5\r\nhello\r\n`),
  '/reset-in-chunk': reset(`${CHUNKED}a\r\nhello`),
  '/framed-by-close': end(`${HEAD}\r\nhello`),
  '/framed-by-reset': reset(`${HEAD}\r\nhello`),
  '/bad-chunk-size': write(`${CHUNKED}zz\r\nhello\r\n0\r\n\r\n`),
  '/bare-lf': write('HTTP/1.1 200 OK\ncontent-length: 2\n\nok'),
  '/bad-status': write('HTTP/1.1 abc OK\r\n\r\n'),
  '/nul-in-header': write(`${HEAD}x: a\0b\r\ncontent-length: 0\r\n\r\n`),
  '/not-http': write('SSH-2.0-OpenSSH_9.2\r\n'),
  '/length-and-chunked': write(`${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
  '/two-lengths': write(`${HEAD}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`),
  '/huge-header': write(`${HEAD}x: ${'a'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`),
  '/continue': write(`HTTP/1.1 100 Continue\r\n\r\n${LENGTH_2}ok`),
  '/switching': write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n`),
  '/hint': write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${LENGTH_2}ok`),
  '/hints': write(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(1000)}${LENGTH_2}ok`),
  '/status-999': write(reply('odd', {}, '999 Odd')),
  '/extra-bytes': write(`${LENGTH_2}okHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`),
  '/extra-junk': write(`${LENGTH_2}ok and more`),
  '/accept-then-close': (socket) => void socket.destroy(),
  '/no-content': write('HTTP/1.1 204 No Content\r\n\r\n'),
  '/not-modified': write('HTTP/1.1 304 Not Modified\r\ncontent-length: 100\r\n\r\n'),
  '/closing': write(`${HEAD}connection: close\r\ncontent-length: 2\r\n\r\nok`),
  '/http-1.0': end('HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  '/huge': (socket) => void pour(socket, `${HEAD}content-length: ${2 ** 32}\r\n\r\n`),
}

/** Writes for ever, as fast as the client reads. */
function pour(socket: Socket, head: string): void {
  const block = Buffer.alloc(256 * 1024, 'x')
  socket.write(head)
  const more = () => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', more)
  more()
}

/** Where to listen, with TLS or without. */
export interface ListenOptions {
  readonly tls?: TlsOptions
  readonly path?: string
  readonly host?: string
}

/** Starts a server on 127.0.0.1, any free port. Unknown paths get 404. */
export async function faultServer(
  more: Readonly<Record<string, Fault>> = {},
  { tls, path, host }: ListenOptions = {},
): Promise<FaultServer> {
  const faults = { ...FAULTS, ...more }
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const onSocket = (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    read(socket, connections, (request) => {
      seen.push(request)
      const fault = faults[request.target.split('?')[0] ?? '']
      if (fault) fault(socket, request)
      else socket.write(reply('no such fault', {}, '404 Not Found'))
    })
  }
  const server = tls ? createTlsServer(tls, onSocket) : createServer({ noDelay: true }, onSocket)
  if (tls) passResetsOn(server)
  server.on('tlsClientError', () => {})
  const port = await listen(server, path, host)
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    connections: () => connections,
    openSockets: () => sockets.size,
    resetAll: () => [...sockets].forEach((socket) => void socket.resetAndDestroy()),
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A TLS socket has no reset of its own: it resets the connection below it. */
function passResetsOn(server: Server): void {
  const below = new Map<number | undefined, Socket>()
  server.on('connection', (raw: Socket) => {
    const { remotePort } = raw
    below.set(remotePort, raw)
    raw.once('close', () => below.delete(remotePort))
  })
  server.on('secureConnection', (socket: Socket) => {
    const raw = below.get(socket.remotePort)
    if (raw) socket.resetAndDestroy = () => raw.resetAndDestroy()
  })
}

/** Listens on a port of its own of 127.0.0.1, or on a Unix socket. Returns the port, 0 for a Unix socket. */
export async function listen(server: Server, path?: string, host = '127.0.0.1'): Promise<number> {
  if (path === undefined) return listenOnOwnPort(server, host)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return 0
}

function read(socket: Socket, connection: number, onRequest: (request: Seen) => void): void {
  let buffer = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    buffer = Buffer.concat([buffer, data])
    for (let request = parse(buffer, connection); request; request = parse(buffer, connection)) {
      buffer = buffer.subarray(request.bytes)
      onRequest(request)
    }
  })
}

function parse(buffer: Buffer, connection: number): Seen | undefined {
  const stop = buffer.indexOf('\r\n\r\n')
  if (stop < 0) return undefined
  const [first = '', ...lines] = buffer.toString('latin1', 0, stop).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const bytes = stop + 4 + Number(headers['content-length'] ?? 0)
  if (buffer.byteLength < bytes) return undefined
  const [method = '', target = ''] = first.split(' ')
  return { method, target, headers, body: buffer.toString('utf8', stop + 4, bytes), bytes, connection }
}
