/** A broker by hand: it says yes to everything, except where a test says otherwise packet by packet. */
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet'
import { listenOnOwnPort } from '../support/own-port.ts'

/** One client of the raw broker. */
export interface Peer {
  readonly socket: Socket
  readonly connect: IConnectPacket
  send(packet: Packet): void
}

/** What a test does with a packet; true when nothing else shall happen to it. */
export type Script = (packet: Packet, peer: Peer) => boolean | undefined

export interface RawBroker {
  readonly port: number
  readonly url: string
  /** Every packet of every client, in order. */
  readonly packets: Packet[]
  /** Packets of one kind. */
  of<C extends Packet['cmd']>(cmd: C): Extract<Packet, { cmd: C }>[]
  /** Bytes received. */
  bytes(): number
  openSockets(): number
  /** Resets all connections. */
  reset(): void
  stop(): Promise<void>
}

function answer(packet: Packet, { send }: Peer): void {
  if (packet.cmd === 'connect') send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 })
  else if (packet.cmd === 'publish' && packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
  else if (packet.cmd === 'publish' && packet.qos === 2) send({ cmd: 'pubrec', messageId: packet.messageId ?? 0 })
  else if (packet.cmd === 'pubrel') send({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 })
  else if (packet.cmd === 'subscribe')
    send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(({ qos }) => qos) })
  else if (packet.cmd === 'unsubscribe') send({ cmd: 'unsuback', messageId: packet.messageId ?? 0, granted: [0] })
  else if (packet.cmd === 'pingreq') send({ cmd: 'pingresp' })
}

function serve(socket: Socket, script: Script, packets: Packet[]): void {
  let peer: Peer | undefined
  const read = parser({ protocolVersion: 4 })
  read.on('packet', (packet) => {
    packets.push(packet)
    if (packet.cmd === 'connect') {
      const protocolVersion = packet.protocolVersion ?? 4
      peer = { socket, connect: packet, send: (reply) => void socket.write(generate(reply, { protocolVersion })) }
    }
    if (peer && !script(packet, peer)) answer(packet, peer)
  })
  socket.on('data', (bytes) => read.parse(bytes))
  socket.on('error', () => {})
}

/** Starts a raw broker, on a port of its own for 0, or on that of one that was stopped. */
export async function rawBroker(script: Script = () => undefined, port = 0, tls?: TlsOptions): Promise<RawBroker> {
  const packets: Packet[] = []
  const sockets = new Set<Socket>()
  let bytes = 0
  const accept = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      bytes += chunk.byteLength
    })
    serve(socket, script, packets)
  }
  const server = tls ? createTlsServer(tls, accept) : createServer(accept)
  if (port !== 0) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const bound = port === 0 ? await listenOnOwnPort(server) : port
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: bound,
    url: `${tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${bound}`,
    packets,
    of: <C extends Packet['cmd']>(cmd: C) =>
      packets.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd),
    bytes: () => bytes,
    openSockets: () => sockets.size,
    reset,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        reset()
      }),
  }
}
