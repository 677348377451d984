/** A proxy before an MQTT broker that lets every n-th publish through, keeps its first acknowledgement, and resets the connection. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Packet, parser } from 'mqtt-packet'

export interface AckThief {
  readonly url: string
  /** Publishes of clients that went through, those with DUP among them. */
  publishes(): number
  dups(): number
  /** DUPs that bear another packet id, topic or payload than a publish whose acknowledgement was kept. */
  strangers(): number
  /** Acknowledgements that were kept. */
  stolen(): number
  stop(): Promise<void>
}

/** `every` counts publishes without DUP, over all connections. */
export async function ackThief(brokerUrl: string, every: number): Promise<AckThief> {
  const { hostname, port } = new URL(brokerUrl)
  const counts = { fresh: 0, dups: 0, strangers: 0, stolen: 0 }
  const lost = new Set<string>()
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect(Number(port), hostname)
    let stealing = false
    for (const socket of [client, broker]) sockets.add(socket.on('error', () => {}))
    const reading = parser({ protocolVersion: 4 })
    reading.on('packet', (packet: Packet) => {
      if (packet.cmd !== 'publish') return
      const key = `${packet.messageId} ${packet.topic} ${packet.payload}`
      if (packet.dup) counts.dups += 1
      else counts.fresh += 1
      if (packet.dup && !lost.delete(key)) counts.strangers += 1
      stealing = !packet.dup && counts.fresh % every === 0
      if (stealing) lost.add(key)
    })
    client.on('data', (bytes) => {
      reading.parse(bytes)
      broker.write(bytes)
    })
    broker.on('data', (bytes) => {
      if (!stealing) {
        client.write(bytes)
        return
      }
      counts.stolen += 1
      client.resetAndDestroy()
      broker.resetAndDestroy()
    })
    client.on('close', () => broker.destroy())
    broker.on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    publishes: () => counts.fresh + counts.dups,
    dups: () => counts.dups,
    strangers: () => counts.strangers,
    stolen: () => counts.stolen,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
