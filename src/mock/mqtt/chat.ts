/**
 * The chat behind the mock's MQTT broker. Messages on `chat/in` or `chat` are answered on their response topic (MQTT 5), else on
 * `chat/out/<client id>` if the client has subscribed to that, else on `chat/out`; correlation data are copied. GraphQL mutations on
 * `graphql/mutation` are acknowledged on `response/acknowledgement`. Faults: an error status is answered as `{ error, id }`, an empty reply
 * is an empty message, a reset resets the connection, and faults of streams, which MQTT does not have, leave the message unanswered.
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

/** The MQTT topics on which clients send chat messages to the mock. `chat` is also the topic that `mock:` targets use by default. */
export const CHAT_TOPICS: readonly string[] = ['chat/in', 'chat']
const CHAT_OUT = 'chat/out'

const question = z.object({
  message: z.string().optional(),
  conversationId: z.string().optional(),
  id: z.unknown().optional(),
})

/** The chat service behind a broker; it answers messages until it is stopped. */
interface MqttChat {
  /** Answers the message `asked` when its reply is due. `entry` is the record of the message. */
  answer(entry: MockRequest, asked: Message, session: MqttSession): Promise<void>
  /** Cancels all pending answers. */
  stop(): void
}

/**
 * Returns the functions with which the mock's broker answers the messages that clients publish to its chat topics and acknowledges GraphQL mutations,
 * and cancels pending answers.
 */
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

/** Returns the body of the reply to a chat message; undefined when the planned fault leaves the message without a reply. */
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

/** Returns the acknowledgement of a GraphQL mutation; undefined when the planned fault leaves the mutation without one. */
function acknowledge(_state: MockState, _settings: MockSettings, text: string, fault: MockFault, k: number): object | undefined {
  if ('status' in fault) {
    return acknowledgementOf(text, k, webSocketError({ status: fault.status, message: `planned ${fault.outcome}` }))
  }
  return fault.outcome === 'ok' ? acknowledgementOf(text, k) : undefined
}

/** Returns the fields of a message that is JSON; empty for any other payload, which is then the text of the message. */
function readQuestion(text: string): Partial<z.output<typeof question>> {
  return question.safeParse(jsonIn(text)).data ?? {}
}
