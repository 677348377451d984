import type { Publishable } from '../link/limits.ts'
import { fieldOf, withField } from '../options/field.ts'
import type { MqttOptions } from '../options/options.ts'
import type { Body, PublishRequest } from '../options/request.ts'
import { fillTopic, type TopicOwner, topicFits } from '../options/topics.ts'
import { type Awaited, expectation, type Match } from './match.ts'

/** An MQTT message that is ready to be published, with how many copies to send and what to wait for afterwards. */
export interface Outgoing extends Publishable, Awaited {
  /** The number of times that the message is sent. */
  readonly copies: number
}

/** A request that cannot be sent, with the reason. */
interface Unsendable {
  readonly problem: string
}

/**
 * Returns an MQTT message ready to be published, with topic and payload filled in, and with the unique text `id` where the options ask for it.
 * Returns a `problem` when the message cannot be made.
 */
export function outgoing(request: PublishRequest, owner: TopicOwner, options: MqttOptions, id: string): Outgoing | Unsendable {
  const { wait } = request
  switch (wait.for) {
    case 'ack':
      return plain(request, owner, undefined)
    case 'message':
      return plain(request, owner, expectation(wait.expected, owner))
    case 'echo':
      return options.idPath ? identified(request, owner, id, options.idPath, options.idPath) : same(request, owner)
    case 'reply':
      return answered(request, owner, options, id)
  }
}

function answered(request: PublishRequest, owner: TopicOwner, { reply }: MqttOptions, id: string): Outgoing | Unsendable {
  const filter = fillTopic(reply?.topic ?? '', owner)
  const correlation = reply?.correlation ?? 'none'
  if (correlation === 'none') return plain(request, owner, (topic) => topicFits(filter, topic))
  if (correlation !== 'property') return identified(request, owner, id, correlation.send, correlation.receive, filter)
  const made = plain(request, owner, (_topic, _payload, { correlationData }) => correlationData?.toString() === id, id)
  const properties = { ...made.options.properties, responseTopic: filter, correlationData: Buffer.from(id) }
  return { ...made, options: { ...made.options, properties } }
}

function identified(
  request: PublishRequest,
  owner: TopicOwner,
  newId: string,
  send: readonly string[],
  receive: readonly string[],
  filter?: string,
): Outgoing | Unsendable {
  const isOnTopic = (topic: string) => filter === undefined || topicFits(filter, topic)
  if (hasLostId(request.body, send))
    return plain(request, owner, (topic, payload) => isOnTopic(topic) && fieldOf(payload, receive) === undefined)
  const marked = withField(jsonOf(request.body), send, newId)
  if (!marked) return { problem: `the payload must be a JSON object, so that its id can stand at ${send.join('.')}` }
  const { body, id } = marked
  const match: Match = (topic, payload) => isOnTopic(topic) && fieldOf(payload, receive) === id
  return plain({ ...request, body: { json: body } }, owner, match, id)
}

/** True when an injected fault has removed the id from a body. The answer to this body has no id either. */
function hasLostId(body: Body, path: readonly string[]): boolean {
  if (!('before' in body)) return false
  const hasId = (json: unknown) => (withField(json, path, '')?.id ?? '') !== ''
  return hasId(body.before) && !hasId(body.json)
}

/** Makes a publish without an id. Its echo is recognised as the message with the same topic and bytes. */
function same(request: PublishRequest, owner: TopicOwner): Outgoing {
  const made = plain(request, owner, undefined)
  return { ...made, match: (topic, payload) => topic === made.topic && payload.equals(made.payload) }
}

function plain(request: PublishRequest, owner: TopicOwner, match: Match | undefined, id?: string): Outgoing {
  const { qos, retain, dup, userProperties, contentType, payloadFormat, aliased, body, copies, readerEnds, alter } = request
  const payload = 'json' in body ? Buffer.from(JSON.stringify(body.json) ?? '') : body.bytes
  const properties: NonNullable<Publishable['options']['properties']> = {}
  if (Object.keys(userProperties).length > 0) properties.userProperties = userProperties
  if (contentType !== undefined) properties.contentType = contentType
  if (payloadFormat !== undefined) properties.payloadFormatIndicator = payloadFormat === 'text'
  return {
    topic: fillTopic(request.topic, owner),
    payload: alter?.(payload) ?? payload,
    options: { qos, retain, dup: dup && qos > 0, properties },
    aliased,
    copies,
    match,
    id,
    uncorrelated: request.wait.for === 'reply' && id === undefined,
    readerEnds,
    isText: !request.isBinary && !readerEnds,
    packet: [undefined, 'PUBACK', 'PUBCOMP'][qos],
  }
}

function jsonOf(body: Body): unknown {
  if ('json' in body) return body.json
  try {
    return JSON.parse(body.bytes.toString('utf8'))
  } catch {
    return ''
  }
}
