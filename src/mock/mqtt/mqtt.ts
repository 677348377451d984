/** The mock's broker for MQTT 3.1.1 and 5. Every PUBLISH is recorded as a request; messages on the chat's topics are answered. */
import type { UserProperties } from 'mqtt-packet'
import { monotonicMs } from '../persona/pace.ts'
import type { MockRequest } from '../state/record.ts'
import type { Side } from '../state/side.ts'
import type { MockState } from '../state/state.ts'
import { Broker } from './broker.ts'
import { CHAT_TOPICS, startMqttChat } from './chat.ts'
import { MockMqttConnection } from './connection.ts'
import type { Message } from './message.ts'
import { acknowledgementOf, MUTATION_TOPIC } from './mutations.ts'
import type { MqttSession } from './session.ts'
import { overSocket, overWebSocket } from './wire.ts'

/** Starts the mock's MQTT broker, with any topic, QoS 0 to 2, retained messages, wills and sessions. It does not check user names and passwords. */
export function startMqtt(state: MockState): Side {
  const broker = new Broker((message, session, dup) => {
    const mutates = message.topic === MUTATION_TOPIC && acknowledgementOf(message.payload.toString(), 0) !== undefined
    const forChat = mutates || CHAT_TOPICS.includes(message.topic)
    const route = mutates ? 'mqtt-mutation' : forChat ? 'mqtt-chat' : 'mqtt-publish'
    const entry = arrived(state, message, session, dup, route)
    if (forChat) void chat.answer(entry, message, session)
    else taken(state, entry)
    return forChat
  })
  const chat = startMqttChat(state, broker)
  return {
    accept: (socket, webSocket) =>
      void new MockMqttConnection(webSocket ? overWebSocket(webSocket, socket) : overSocket(socket), broker),
    close() {
      chat.stop()
      broker.close()
    },
  }
}

/** Records a published message; its user properties become headers of the record. */
function arrived({ record }: MockState, message: Message, session: MqttSession, dup: boolean, route: string): MockRequest {
  const { topic, qos, retain, payload, properties } = message
  const marks = { 'client-id': session.clientId, qos: String(qos), retain: String(retain), ...(dup ? { dup: 'true' } : {}) }
  const headers = { ...flat(properties.userProperties), ...marks }
  const entry = record.begin({ method: 'MQTT', path: topic, query: '', headers, route })
  record.received(entry, payload.toString(), monotonicMs())
  return entry
}

function flat(properties: UserProperties = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}

/** Completes the record of a message that needs no reply. */
function taken({ record }: MockState, entry: MockRequest): void {
  record.planned(entry, 'ok')
  record.end(entry, monotonicMs(), false)
}
