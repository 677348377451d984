/**
 * The chat behind the mock's MQTT broker: what is published to `chat/in` or `chat` is answered on the response topic that came along
 * (version 5), else on `chat/out/<client id>` when the client has subscribed to that, else on `chat/out`. Correlation data come back.
 * GraphQL mutations on `graphql/mutation` are acknowledged on `response/acknowledgement`.
 * Of the faults, error statuses are answered as `{ error, id }`, an empty reply is empty, a reset cuts the connection; those of streams,
 * which MQTT has none of, leave the message without an answer.
 */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'
import { usageOf } from '../chat/chat.ts'
import { type MockFault, planFault } from '../persona/faults.ts'
import { monotonicMs, Pacer } from '../persona/pace.ts'
import { firstTokenMs, type MockTurn, replyFor } from '../persona/reply.ts'
import type { MockSettings } from '../persona/settings.ts'
import type { MockRequest } from '../state/record.ts'
import type { MockState } from '../state/state.ts'
import { webSocketError } from '../websocket/chat.ts'
import type { Broker } from './broker.ts'
import type { Message } from './message.ts'
import { ACKNOWLEDGEMENT_TOPIC, acknowledgementOf, MUTATION_TOPIC } from './mutations.ts'
import type { MqttSession } from './session.ts'

/** Where messages to the chat go; the second is the path of the mock's other chats, and where `mock:` alone leads. */
export const CHAT_TOPICS: readonly string[] = ['chat/in', 'chat']
const CHAT_OUT = 'chat/out'

const question = z.object({
  message: z.string().optional(),
  conversationId: z.string().optional(),
  id: z.unknown().optional(),
})

/** A chat that answers until it is stopped. */
interface MqttChat {
  /** Answers a message that is recorded as `entry`, when its time has come. */
  answer(entry: MockRequest, asked: Message, session: MqttSession): Promise<void>
  /** Answers that are still to come never will. */
  stop(): void
}

/** Starts the chat of a broker. */
export function startMqttChat(state: MockState, broker: Broker): MqttChat {
  const pacers = new Set<Pacer>()
  const outFor = (session: MqttSession) => {
    const own = `${CHAT_OUT}/${session.clientId}`
    return broker.takesIn(session, own) ? own : CHAT_OUT
  }
  return {
    async answer(entry, asked, session) {
      const { payload, qos, properties } = asked
      const { responseTopic, correlationData } = properties
      const { peer } = session
      const { record, settings } = state
      const fault = planFault(settings, entry.k)
      record.planned(entry, fault.outcome)
      const pacer = new Pacer()
      pacers.add(pacer)
      const due = (entry.receivedAt ?? monotonicMs()) + settings.slowHeadersMs + waitMs(fault, settings, entry.k)
      const alive = await pacer.until(due)
      pacers.delete(pacer)
      const mutates = asked.topic === MUTATION_TOPIC
      const answer = mutates ? acknowledge : answerTo
      const body = alive ? answer(state, settings, payload.toString(), fault, entry.k) : undefined
      if (alive && fault.outcome === 'reset') peer?.reset()
      const endedAt = monotonicMs()
      if (body) {
        broker.publish({
          topic: responseTopic ?? (mutates ? ACKNOWLEDGEMENT_TOPIC : outFor(session)),
          payload: Buffer.from(JSON.stringify(body)),
          qos,
          retain: false,
          properties: correlationData ? { correlationData } : {},
          expiresAt: undefined,
        })
        entry.firstTokenAt = endedAt
        record.frame(entry, endedAt)
      }
      record.end(entry, endedAt, false)
    },
    stop() {
      for (const pacer of pacers) pacer.stop()
    },
  }
}

function waitMs(fault: MockFault, settings: MockSettings, k: number): number {
  return 'waitMs' in fault ? fault.waitMs : firstTokenMs(settings, k)
}

/** The body of the answer; undefined for none. */
function answerTo(state: MockState, settings: MockSettings, text: string, fault: MockFault, k: number): object | undefined {
  const { message = text, conversationId = `conv-mock-${k}`, id } = readQuestion(text)
  const mark = id === undefined ? {} : { id }
  if ('status' in fault) {
    const message = `planned ${fault.outcome}`
    return { ...webSocketError({ status: fault.status, message }), ...mark }
  }
  if (fault.outcome !== 'ok' && fault.outcome !== 'empty') return undefined
  const turns: MockTurn[] = [...(state.memory.recall(conversationId) ?? []), { role: 'user', text: message }]
  const reply = replyFor(turns, settings, k, fault.outcome === 'empty' ? 0 : undefined)
  state.memory.keep(conversationId, [...turns, { role: 'assistant', text: reply.text }])
  return { reply: reply.text, conversationId, ...mark, ...usageOf(reply) }
}

/** The acknowledgement of a mutation; undefined for none. */
function acknowledge(_state: MockState, _settings: MockSettings, text: string, fault: MockFault, k: number): object | undefined {
  if ('status' in fault) {
    return acknowledgementOf(text, k, webSocketError({ status: fault.status, message: `planned ${fault.outcome}` }))
  }
  return fault.outcome === 'ok' ? acknowledgementOf(text, k) : undefined
}

/** Whatever is no question of the usual form is the message itself. */
function readQuestion(text: string): Partial<z.output<typeof question>> {
  return question.safeParse(jsonIn(text)).data ?? {}
}
