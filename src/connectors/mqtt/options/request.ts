import { toText } from '../../../language/helpers/arguments.ts'
import type { TargetAddress } from '../../wire/connector.ts'
import { fieldProblem } from '../../wire/header-field.ts'
import { decoded, plainHeaders } from './credentials.ts'
import type { MqttOptions, Qos } from './options.ts'
import type { Expected, MqttPublish, MqttStep } from './step.ts'
import { topicProblem } from './topics.ts'

/**
 * The payload of an MQTT message before an id is added: a JSON value, or fixed bytes. `before` is the JSON value before an injected fault changed it.
 */
export type Body = { readonly json: unknown; readonly before?: unknown } | { readonly bytes: Buffer }

/** What completes a publish: its acknowledgement, a reply, its echo, or a message that the scenario describes. */
type Wait = { readonly for: 'ack' | 'reply' | 'echo' } | { readonly for: 'message'; readonly expected: Expected }

/** A request of a step to publish an MQTT message: topic, payload, quality of service, and what to wait for. */
export interface PublishRequest {
  readonly kind: 'publish'
  readonly topic: string
  readonly body: Body
  /** True when the payload was given as base64, so that the answer may be bytes too. */
  readonly isBinary: boolean
  readonly qos: Qos
  readonly retain: boolean
  readonly dup: boolean
  /** Number of copies of the message that are sent at once. */
  readonly copies: number
  readonly userProperties: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  readonly payloadFormat: 'bytes' | 'text' | undefined
  /** True to replace a topic by a number (its alias) from its second use on, if the broker accepts aliases. */
  readonly aliased: boolean
  readonly wait: Wait
  /** True when the chat API format decides when the reply is complete; false when its first message completes it. */
  readonly readerEnds: boolean
  /** Changes the bytes of the payload when it is sent, for an injected fault; undefined: they stay as they are. */
  readonly alter?: (payload: Uint8Array) => Buffer | undefined
}

/**
 * What one step does over an MQTT connection: publish, subscribe, unsubscribe, wait for a message, or disconnect. The kind `problem` is a request
 * that cannot be made.
 */
export type MqttRequest =
  | PublishRequest
  | { readonly kind: 'subscribe'; readonly topic: string; readonly qos: Qos }
  | { readonly kind: 'unsubscribe'; readonly topic: string }
  | { readonly kind: 'expect'; readonly expected: Expected }
  | { readonly kind: 'disconnect'; readonly abrupt: boolean }
  /** A request that cannot be made. It fails with the class `local_request`. */
  | { readonly kind: 'problem'; readonly problem: string }

/** An MQTT request that can be sent: every kind of `MqttRequest` except `problem`. */
export type Sendable = Exclude<MqttRequest, { kind: 'problem' }>

/**
 * Returns the MQTT request for a `message` step: publish `body`, the message in the target's API format, then wait for a reply or an
 * acknowledgement.
 */
export function messageRequest(body: unknown, address: TargetAddress, options: MqttOptions): MqttRequest {
  return publishRequest(
    {
      body: typeof body === 'string' ? { bytes: Buffer.from(body) } : { json: body },
      wait: { for: options.reply ? 'reply' : 'ack' },
      readerEnds: true,
    },
    address,
    options,
  )
}

/**
 * Returns the MQTT request that the `request:` block of a step describes. The engine has already replaced the templates in `step` by the values for
 * this attempt. The returned request has the `kind` `problem` when it cannot be sent, for example because its topic is invalid.
 */
export function stepRequest(step: MqttStep, address: TargetAddress, options: MqttOptions): MqttRequest {
  const latest = latestMade.get(address)
  if (latest?.step === step) return latest.request
  const request = newRequest(step, address, options)
  latestMade.set(address, { step, request })
  return request
}

/**
 * The latest request of each user; the key is the user's address object. A step without templates is the same object each time, so its request is
 * used again.
 */
const latestMade = new WeakMap<TargetAddress, { readonly step: MqttStep; readonly request: MqttRequest }>()

function newRequest(step: MqttStep, address: TargetAddress, options: MqttOptions): MqttRequest {
  if ('subscribe' in step)
    return { kind: 'subscribe', topic: String(step.subscribe.topic), qos: step.subscribe.qos ?? options.qos }
  if ('unsubscribe' in step) return { kind: 'unsubscribe', topic: String(step.unsubscribe.topic) }
  if ('expectMessage' in step) return { kind: 'expect', expected: asTexts(step.expectMessage) }
  if ('disconnect' in step) return { kind: 'disconnect', abrupt: step.disconnect === 'abrupt' }
  const { payload, ...publish } = step.publish
  const wait: Wait =
    typeof step.await === 'string' ? { for: step.await } : { for: 'message', expected: asTexts(step.await.message) }
  if (wait.for === 'reply' && !options.reply) return problem('await: reply needs mqtt.reply in the target')
  const isBinary = typeof payload === 'object' && payload !== null && 'base64' in payload
  return publishRequest({ ...publish, body: bodyOf(payload), isBinary, wait, readerEnds: false }, address, options)
}

function asTexts({ topic, ...expected }: Expected): Expected {
  return { ...expected, topic: topic === undefined ? undefined : String(topic) }
}

/** The settings that a step gives for a publish. A value from a template may have another type than the schema says. */
type Given = Partial<Omit<MqttPublish, 'payload'>> & Pick<PublishRequest, 'body' | 'wait' | 'readerEnds'> & { isBinary?: boolean }

function publishRequest(given: Given, address: TargetAddress, options: MqttOptions): MqttRequest {
  const { body, wait, readerEnds, isBinary = false, dup = false, copies = 1, payloadFormat } = given
  const topic = String(given.topic ?? options.topic ?? topicOfUrl(address.url))
  if (topic === '') return problem('no topic to publish to: set mqtt.topic, or a path in the URL')
  const reason = topicProblem(topic)
  if (reason !== undefined) return problem(`"${topic}" is not a topic to publish to: ${reason}`)
  const own = Object.fromEntries(Object.entries(given.userProperties ?? {}).map(([name, value]) => [name, String(value)]))
  const userProperties = { ...plainHeaders(address.headers, options), ...own }
  const misplaced = Object.keys(hasHeaders(address.url) ? own : userProperties)
  const contentType = given.contentType === undefined ? undefined : String(given.contentType)
  if (options.version === 4 && misplaced.length > 0) return problem(noProperties(misplaced.join(', ')))
  if (options.version === 4 && (contentType ?? payloadFormat) !== undefined)
    return problem('MQTT 3.1.1 has no contentType and no payloadFormat: set mqtt.version to 5, or leave them out')
  return {
    kind: 'publish',
    topic,
    body,
    isBinary,
    qos: given.qos ?? options.qos,
    retain: given.retain ?? options.retain,
    dup,
    copies,
    userProperties: options.version === 5 ? userProperties : {},
    contentType,
    payloadFormat,
    aliased: options.topicAlias,
    wait,
    readerEnds,
  }
}

/** Returns why a header of an MQTT target cannot be sent; undefined when it can. Over WebSocket it is sent as a header, else as a user property. */
export function headerProblem(name: string, value: string, options: MqttOptions, url: string): string | undefined {
  if (Object.keys(plainHeaders({ [name]: value }, options)).length === 0) return undefined
  if (hasHeaders(url)) return fieldProblem(name, value)
  return options.version === 4 ? noProperties(name) : undefined
}

const noProperties = (names: string) => `MQTT 3.1.1 has no user properties (${names}): set mqtt.version to 5, or leave them out`

function problem(text: string): MqttRequest {
  return { kind: 'problem', problem: text }
}

/** True for a WebSocket address, whose upgrade request has headers. */
function hasHeaders(url: string): boolean {
  return /^wss?:/i.test(url)
}

/**
 * Returns the topic in the path of an address; '' without one. A topic from a template may contain `?` and `#`, so query and fragment belong to it.
 */
function topicOfUrl(url: string): string {
  const parsed = hasHeaders(url) ? undefined : URL.parse(url)
  return parsed ? decoded(parsed.pathname.replace(/^\//, '') + parsed.search + parsed.hash) : ''
}

/** Returns the payload of a publish from `{ json }`, `{ text }` or `{ base64 }`. Any other value is sent as text if it is a scalar, else as JSON. */
function bodyOf(payload: unknown): Body {
  if (typeof payload !== 'object' || payload === null) return { bytes: Buffer.from(String(payload)) }
  const [[form, value] = [], ...others] = Object.entries(payload)
  if (others.length > 0 || form === undefined) return { json: payload }
  if (form === 'json') return { json: value }
  if (form === 'text') return { bytes: Buffer.from(toText(value)) }
  if (form === 'base64') return { bytes: Buffer.from(toText(value), 'base64') }
  return { json: payload }
}
