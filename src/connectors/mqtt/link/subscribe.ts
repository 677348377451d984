import type { IClientSubscribeOptions, MqttClient } from 'mqtt'
import type { Failure } from '../../../exchange.ts'
import type { Qos } from '../options/options.ts'
import { classOfReason, describeReason } from '../wire/reasons.ts'
import type { Answer, MqttLink } from './link.ts'

/** The topic filters of an MQTT SUBSCRIBE, each with the highest quality of service at which the broker may deliver. */
export type RequestedTopics = ReadonlyMap<string, Qos>

/** How an MQTT SUBSCRIBE or UNSUBSCRIBE ended: the broker's reason code, and a failure or a warning if there is one. */
interface SubscribeOutcome {
  readonly code: number
  readonly failure?: Failure
  /** The name of a warning, such as `qos_lowered`; left out when the answer is as expected. */
  readonly warning?: string
}

/** The reason code of an UNSUBACK for a topic that was not subscribed to. */
const NO_SUBSCRIPTION = 0x11

/** Sends an MQTT SUBSCRIBE. Resolves with the broker's answer, or with the failure when the connection ends first; never rejects. */
export function subscribe(link: MqttLink, requested: RequestedTopics): Promise<SubscribeOutcome> {
  const given: Record<string, IClientSubscribeOptions> = Object.fromEntries(
    [...requested].map(([topic, qos]) => [topic, { qos, nl: false, rap: false, rh: 0 }]),
  )
  // The codes come in the order of the packet, which is the order of these keys: JavaScript puts names such as "7" first.
  const topics = Object.keys(given)
  return outcomeOf(
    link,
    (client) => client.subscribe(given, ignore),
    (answer) => subscribed(topics, requested, answer),
  )
}

/** Sends an MQTT UNSUBSCRIBE. Resolves with the broker's answer, or with the failure when the connection ends first; never rejects. */
export function unsubscribe(link: MqttLink, topic: string): Promise<SubscribeOutcome> {
  return outcomeOf(
    link,
    (client) => client.unsubscribe(topic, ignore),
    ({ codes: [code = 0], said }) => {
      if (code >= 0x80) return { code, failure: refused('to end the subscription to', topic, code, said) }
      return code === NO_SUBSCRIPTION ? { code, warning: 'no_subscription' } : { code }
    },
  )
}

function outcomeOf(
  link: MqttLink,
  send: (client: MqttClient) => void,
  read: (answer: Answer) => SubscribeOutcome,
): Promise<SubscribeOutcome> {
  return new Promise((resolve) => {
    link.ask(send, (answer) => resolve(answer ? read(answer) : { code: 0, ...(link.failure && { failure: link.failure }) }))
  })
}

function subscribed(topics: readonly string[], requested: RequestedTopics, { codes, said }: Answer): SubscribeOutcome {
  const bad = codes.findIndex((code) => code >= 0x80)
  const code = codes[bad] ?? 0
  if (bad >= 0) return { code, failure: refused('the subscription to', topics[bad] ?? '', code, said) }
  const lowered = topics.some((topic, index) => (codes[index] ?? 0) < (requested.get(topic) ?? 0))
  return lowered ? { code, warning: 'qos_lowered' } : { code }
}

/**
 * Returns the failure for a refused (un)subscription. Code 0x80 names no cause, so a subscription fails with the class `mqtt_subscription_refused`.
 */
function refused(
  what: 'the subscription to' | 'to end the subscription to',
  topic: string,
  code: number,
  said?: string,
): Failure {
  const isGeneral = code === 0x80 && what === 'the subscription to'
  return {
    class: isGeneral ? 'mqtt_subscription_refused' : classOfReason(code),
    phase: 'subscribe',
    message: `the broker refused ${what} "${topic}": ${describeReason(code, said)}`,
    code: String(code),
  }
}

function ignore(): void {}
