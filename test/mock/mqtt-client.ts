/** A client of the mock's broker that keeps what it receives. */
import { connect, type IClientOptions, type IConnackPacket, type IPublishPacket } from 'mqtt'
import { onTestFinished } from 'vitest'
import type { Mock } from '../../src/mock/server.ts'

/** A client and the publishes that it received. */
export async function join(mock: Mock, options: IClientOptions = {}, filters: string[] = []) {
  const client = connect(`mqtt://127.0.0.1:${mock.port}`, { reconnectPeriod: 0, ...options })
  onTestFinished(() => client.endAsync(true))
  const heard: IPublishPacket[] = []
  client.on('error', () => {})
  client.on('message', (_topic, _payload, packet) => heard.push(packet))
  const { sessionPresent } = await new Promise<IConnackPacket>((resolve, reject) =>
    client.once('connect', resolve).once('error', reject),
  )
  if (filters.length > 0) await client.subscribeAsync(filters, { qos: 2 })
  return { client, heard, present: sessionPresent, texts: () => heard.map(({ payload }) => payload.toString()) }
}
