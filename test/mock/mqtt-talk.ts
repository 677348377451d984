/** MQTT with the mock by hand, packet by packet. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { Mock } from '../../src/mock/server.ts'
import { eventually } from './harness.ts'

/** Name of a packet, and its code: reason code, return code, or the list of a SUBACK and UNSUBACK. */
export type Said = readonly [Packet['cmd'], unknown]

/** Sends packets, or bytes, and gives what came until the mock closed the connection, or until `count` packets were there. */
export async function talk(
  mock: Mock,
  packets: readonly (Packet | Buffer)[],
  { count = Number.POSITIVE_INFINITY, protocolVersion = 5 } = {},
): Promise<Said[]> {
  const heard: Packet[] = []
  const socket = connect(mock.port, '127.0.0.1')
  const reading = parser({ protocolVersion })
  reading.on('packet', (packet) => heard.push(packet))
  socket.on('data', (bytes) => reading.parse(bytes)).on('error', () => {})
  for (const packet of packets) socket.write(Buffer.isBuffer(packet) ? packet : generate(packet, { protocolVersion }))
  const closed = once(socket, 'close')
  await (count === Number.POSITIVE_INFINITY ? closed : eventually(() => heard.length >= count))
  socket.destroy()
  return heard.map((packet) => [packet.cmd, codeOf(packet)])
}

function codeOf(packet: Packet): unknown {
  if ('granted' in packet) return packet.granted
  if ('reasonCode' in packet && packet.reasonCode !== undefined) return packet.reasonCode
  return 'returnCode' in packet ? packet.returnCode : undefined
}
