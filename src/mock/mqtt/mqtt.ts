/** The mock's MQTT 3.1.1 broker, on connections that somebody else accepts. Every publish is a request; `chat/in` is answered. */
import { Aedes, type AedesPublishPacket, type Client } from 'aedes'
import { monotonicMs } from '../persona/pace.ts'
import type { MockRequest } from '../state/record.ts'
import type { Side } from '../state/side.ts'
import type { MockState } from '../state/state.ts'
import { CHAT_IN, startMqttChat } from './chat.ts'

/** Starts a broker for all topics: QoS 0, 1 and 2, retained messages, wills, sessions. Everybody may come in. */
export async function startMqtt(state: MockState): Promise<Side> {
  const broker = await Aedes.createBroker()
  const chat = startMqttChat(state, broker)
  broker.on('publish', (packet, client) => {
    // what the broker says by itself, replies of the chat among it
    if (client === null) return
    if (packet.topic === CHAT_IN) void chat.answer(arrived(state, packet, client, 'mqtt-chat'), packet, client)
    else taken(state, packet, client)
  })
  return {
    accept: (socket) => void broker.handle(socket),
    close() {
      chat.stop()
      broker.close()
    },
  }
}

/** Records a publish whose payload is here. */
function arrived({ record }: MockState, packet: AedesPublishPacket, client: Client, route: string): MockRequest {
  const headers = { 'client-id': client.id, qos: String(packet.qos), retain: String(packet.retain) }
  const entry = record.begin({ method: 'MQTT', path: packet.topic, query: '', headers, route })
  record.received(entry, packet.payload.toString(), monotonicMs())
  return entry
}

/** A publish that needs no answer is over when it is here. */
function taken(state: MockState, packet: AedesPublishPacket, client: Client): void {
  const entry = arrived(state, packet, client, 'mqtt-publish')
  state.record.planned(entry, 'ok')
  state.record.end(entry, monotonicMs(), false)
}
