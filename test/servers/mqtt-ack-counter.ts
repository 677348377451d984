/** A proxy before an MQTT broker that counts the acknowledgements it hands to clients. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Packet, parser } from 'mqtt-packet'

export interface AckCounter {
  readonly url: string
  /** PUBACKs that were handed to clients. */
  acks(): number
  /** Publishes that clients sent. */
  publishes(): number
  /** Connections of clients for which there was no broker. */
  unreached(): number
  stop(): Promise<void>
}

/** Starts it on any free port. What the broker sent before it went away still reaches the client; after that the client's connection ends. */
export async function ackCounter(brokerUrl: string): Promise<AckCounter> {
  const { hostname, port } = new URL(brokerUrl)
  const counts = { puback: 0, publish: 0 }
  let unreached = 0
  const sockets = new Set<Socket>()
  const counting = (wanted: keyof typeof counts) => {
    const reading = parser({ protocolVersion: 4 })
    reading.on('packet', ({ cmd }: Packet) => {
      if (cmd === wanted) counts[wanted] += 1
    })
    return reading
  }
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const broker = connect({ port: Number(port), host: hostname, noDelay: true, allowHalfOpen: true })
    for (const socket of [client, broker]) sockets.add(socket.on('error', () => {}))
    broker.on('error', () => {
      if (broker.pending) unreached += 1
    })
    const [asked, answered] = [counting('publish'), counting('puback')]
    client.on('data', (bytes) => {
      asked.parse(bytes)
      broker.write(bytes)
    })
    broker.on('data', (bytes) => {
      answered.parse(bytes)
      client.write(bytes)
    })
    broker.on('close', () => client.destroySoon())
    client.on('close', () => broker.destroy())
    broker.on('end', () => broker.destroySoon())
    client.on('end', () => broker.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    acks: () => counts.puback,
    publishes: () => counts.publish,
    unreached: () => unreached,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
