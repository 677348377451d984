import { fieldOf } from '../options/field.ts'
import type { Expected } from '../options/step.ts'
import { fillTopic, type TopicOwner, topicFits } from '../options/topics.ts'
import type { MessageProperties } from '../wire/properties.ts'

/** A function that decides whether a received MQTT message is the one that a step waits for. */
export type Match = (topic: string, payload: Buffer, properties: MessageProperties) => boolean

/** What an exchange over MQTT waits for after burn has sent its packet: an acknowledgement, or a message that is the answer. */
export interface Awaited {
  /** Tests whether a message is the awaited answer; undefined when the exchange waits for an acknowledgement only. */
  readonly match?: Match | undefined
  /** The id by which the answer is recognised; undefined when it carries none. */
  readonly id?: string | undefined
  /** True when the reply carries no id, so that any message on its topic counts as the reply. */
  readonly uncorrelated?: boolean
  /** True when the chat API format decides when the reply is complete; false when its first message completes it. */
  readonly readerEnds?: boolean
  /** True when an answer that is not UTF-8 gets a warning here; the replies to message steps are checked elsewhere. */
  readonly isText?: boolean
  /** The packet that is due: PUBACK, PUBCOMP, SUBACK or UNSUBACK; undefined when none is. */
  readonly packet?: string | undefined
}

/**
 * Returns a function that tests whether an MQTT message is the one that a step expects: by its topic, and by the value of its payload or of a field
 * in it. What the step does not state is not tested.
 */
export function expectation({ topic, path, equals }: Expected, owner: TopicOwner): Match {
  const filter = topic === undefined ? undefined : fillTopic(topic, owner)
  const expectedText = equals === undefined ? undefined : String(equals)
  return (name, payload) => {
    if (filter !== undefined && !topicFits(filter, name)) return false
    if (expectedText === undefined) return true
    return (path === undefined ? payload.toString('utf8') : fieldOf(payload, path)) === expectedText
  }
}
