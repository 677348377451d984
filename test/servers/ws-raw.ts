/** A WebSocket server on raw sockets: the handshake and every frame written by hand, so that all of it can go wrong. It counts what it saw. */
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { listen } from './http-faults.ts'
import { close, OPCODE, parseFrame } from './ws-frames.ts'

/** One upgrade request. */
export interface SeenUpgrade {
  /** Path and query. */
  readonly target: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
}

/** A client that was let in. */
export interface Peer {
  readonly socket: Socket
  readonly upgrade: SeenUpgrade
  /** Number of the connection, from 1. */
  readonly number: number
}

export interface RawServer {
  readonly url: string
  readonly port: number
  readonly upgrades: SeenUpgrade[]
  /** Text and binary messages of clients, in order. */
  readonly messages: string[]
  /** Codes of the close frames that clients sent; 1005 for none. */
  readonly closeCodes: number[]
  readonly peers: Peer[]
  pings(): number
  openSockets(): number
  /** Empties the lists of what was seen. */
  forget(): void
  stop(): Promise<void>
}

/** What the server does; each part can be replaced. */
export interface RawBehaviour {
  /** Answers the upgrade request. Default: grants it. */
  readonly handshake?: (socket: Socket, upgrade: SeenUpgrade, number: number) => void
  /** A client was let in. */
  readonly joined?: (peer: Peer) => void
  /** A message came. */
  readonly message?: (peer: Peer, text: string, opcode: number) => void
  /** Default: answers with a pong. */
  readonly ping?: (peer: Peer, payload: Buffer) => void
  readonly pong?: (peer: Peer, payload: Buffer) => void
  /** Default: answers with the same code and ends the connection. */
  readonly closing?: (peer: Peer, payload: Buffer) => void
  readonly tls?: TlsOptions
}

/** The value of Sec-WebSocket-Accept for a key (RFC 6455 section 4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** The answer that grants an upgrade, with more headers if given. */
export function granted(upgrade: SeenUpgrade, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': acceptFor(upgrade.headers['sec-websocket-key'] ?? ''),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`
}

/** Starts a server on 127.0.0.1, any free port. */
export async function rawServer(behaviour: RawBehaviour = {}): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const seen = { upgrades: [] as SeenUpgrade[], messages: [] as string[], closeCodes: [] as number[], peers: [] as Peer[] }
  let pings = 0
  const onSocket = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    onceUpgrade(socket, (upgrade, rest) => {
      seen.upgrades.push(upgrade)
      const peer = { socket, upgrade, number: seen.upgrades.length }
      if (behaviour.handshake) behaviour.handshake(socket, upgrade, peer.number)
      else socket.write(granted(upgrade))
      seen.peers.push(peer)
      behaviour.joined?.(peer)
      onFrames(socket, rest, (opcode, payload) => frameCame(peer, opcode, payload))
    })
  }
  const frameCame = (peer: Peer, opcode: number, payload: Buffer) => {
    if (opcode === OPCODE.ping) {
      pings += 1
      if (behaviour.ping) behaviour.ping(peer, payload)
      else peer.socket.write(Buffer.concat([Buffer.from([0x8a, payload.byteLength]), payload]))
    } else if (opcode === OPCODE.close) {
      seen.closeCodes.push(payload.byteLength >= 2 ? payload.readUInt16BE() : 1005)
      if (behaviour.closing) behaviour.closing(peer, payload)
      else peer.socket.end(close(payload.byteLength >= 2 ? payload.readUInt16BE() : undefined))
    } else if (opcode === OPCODE.pong) {
      behaviour.pong?.(peer, payload)
    } else {
      seen.messages.push(payload.toString('utf8'))
      behaviour.message?.(peer, payload.toString('utf8'), opcode)
    }
  }
  const server = behaviour.tls ? createTlsServer(behaviour.tls, onSocket) : createServer({ noDelay: true }, onSocket)
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  return {
    url: `${behaviour.tls ? 'wss' : 'ws'}://127.0.0.1:${port}`,
    port,
    ...seen,
    pings: () => pings,
    openSockets: () => sockets.size,
    forget() {
      for (const list of Object.values(seen)) list.length = 0
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function onceUpgrade(socket: Socket, tell: (upgrade: SeenUpgrade, rest: Buffer) => void): void {
  let buffer = Buffer.alloc(0)
  const onData = (data: Buffer) => {
    buffer = Buffer.concat([buffer, data])
    const stop = buffer.indexOf('\r\n\r\n')
    if (stop < 0) return
    socket.off('data', onData)
    const [first = '', ...lines] = buffer.toString('latin1', 0, stop).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    tell({ target: first.split(' ')[1] ?? '', headers }, buffer.subarray(stop + 4))
  }
  socket.on('data', onData)
}

function onFrames(socket: Socket, rest: Buffer, tell: (opcode: number, payload: Buffer) => void): void {
  let buffer = rest
  const read = () => {
    for (let frame = parseFrame(buffer); frame; frame = parseFrame(buffer)) {
      buffer = buffer.subarray(frame.bytes)
      if (!frame.masked) throw new Error('a client must mask its frames')
      tell(frame.opcode, frame.payload)
    }
  }
  socket.on('data', (data: Buffer) => {
    buffer = Buffer.concat([buffer, data])
    read()
  })
  read()
}
