import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'
import type { Notes } from '../common/notes.ts'
import { expectations, type Judging } from './validation.ts'

/** The name that burn has for one of the protocols of the tool Stream Testbench. */
export type ProtocolName = 'websocket' | 'mqtt' | 'http'

/** Maps the protocol names and URL schemes in Stream Testbench files to burn's names of the protocols. */
export const PROTOCOL_NAMES: Readonly<Record<string, ProtocolName>> = {
  websocket: 'websocket',
  ws: 'websocket',
  wss: 'websocket',
  mqtt: 'mqtt',
  mqtts: 'mqtt',
  tcp: 'mqtt',
  ssl: 'mqtt',
  http: 'http',
  https: 'http',
}

const SCHEMES: Readonly<Record<ProtocolName, RegExp>> = { websocket: /^wss?:/i, mqtt: /^mqtts?:/i, http: /^https?:/i }
const PLAIN: Readonly<Record<ProtocolName, string>> = { websocket: 'ws', mqtt: 'mqtt', http: 'http' }
/** The default address of the tool Stream Testbench for each protocol. */
const DEFAULT_ENDPOINTS: Readonly<Record<ProtocolName, string>> = {
  websocket: 'localhost:8000/ws/mobile/sync/',
  mqtt: 'localhost:1883',
  http: 'localhost:8000',
}

/**
 * Returns the URL for an endpoint in a Stream Testbench file; without an endpoint (`written`), the default of that tool, with a note. A scheme that
 * is missing or not one of `protocol` is replaced, and an MQTT address then loses its path.
 */
export function urlFor(written: string | undefined, protocol: ProtocolName, notes: Notes): string {
  const endpoint = written ?? DEFAULT_ENDPOINTS[protocol]
  if (written === undefined) notes.push(`endpoint: there is none, so the load goes to ${endpoint}`)
  if (SCHEMES[protocol].test(endpoint)) return endpoint
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase()
  const bare = endpoint.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  if (protocol !== 'mqtt') return `${PLAIN[protocol]}://${bare}`
  const [place = ''] = bare.split('/')
  const url = `${scheme === 'ssl' ? 'mqtts' : 'mqtt'}://${place}`
  if (scheme !== 'tcp' && scheme !== 'ssl' && place !== bare.replace(/\/$/, ''))
    notes.push(`endpoint ${endpoint}: taken as the MQTT broker ${url}; set its address`)
  return url
}

const REPLY_TOPIC = 'response/acknowledgement'
const TOPICS = [REPLY_TOPIC, 'response/status', 'graphql/mutation/status']
/** JSONPath of the id that a message and the reply to it have in common, in converted Stream Testbench files. */
const REPLY_ID = 'uuids.0'

/**
 * Converts the `mqtt` block of a Stream Testbench file to the `mqtt` block of a scenario's target. Settings that are missing get the defaults of
 * Stream Testbench.
 */
export function mqttTarget(mqtt: ForeignFields, { replies }: Judging): Data {
  const listed = mqtt.list('subscribe', 'subscribeTopics').map(topicOf)
  const subscribe = listed.length > 0 ? listed : TOPICS
  const replyTopic = mqtt.text('responseTopic') ?? String(isMap(subscribe[0]) ? subscribe[0].topic : subscribe[0])
  const id = mqtt.text('correlationPath') ?? REPLY_ID
  const block = {
    version: 4,
    clientId: 'streamtestbench_',
    topic: mqtt.text('topic', 'publishTopic') ?? 'graphql/mutation',
    qos: mqtt.number('qos') ?? 1,
    retain: mqtt.flag('retain', mqtt.flag('retained', false)),
    clean: mqtt.flag('clean', mqtt.flag('cleanSession', true)),
    keepalive: `${mqtt.number('keepalive', 'keepAlive', 'keepAliveInterval') ?? 60}s`,
    // The reply topic is left out here, because `reply` subscribes to it.
    subscribe: replies ? subscribe.filter((topic) => topic !== replyTopic) : subscribe,
    ...(replies ? { reply: { topic: replyTopic, correlation: { send: id, receive: id } } } : {}),
  }
  mqtt.finish()
  if (replies)
    mqtt.notes.push(
      `MQTT replies are expected on ${replyTopic} and matched by ${id}; validation: { validateResponses: false } waits for the broker's acknowledgement alone`,
    )
  return block
}

function topicOf(entry: unknown): unknown {
  return isMap(entry) ? { topic: entry.topic, ...(entry.qos === undefined ? {} : { qos: entry.qos }) } : String(entry)
}

/** Types of messages from a Django consumer (a WebSocket server) that are no replies. */
const ASIDES = ['connection_established', 'authenticate', 'authenticated', 'heartbeat']

/**
 * Returns the `reply:` block of a WebSocket target that is converted from a Stream Testbench file. It matches replies to messages by id, or by order
 * when the target sends no ids; if the file ignores replies, it matches none.
 */
export function socketReplies({ replies }: Judging): Data {
  if (!replies) return { match: 'none' }
  return {
    match: { correlate: { send: 'correlation_id', otherwise: 'fifo' } },
    ignore: ASIDES.map((type) => ({ path: '$.type', equals: type })),
  }
}

/** Returns the step that sends one message of a Stream Testbench file and checks its reply. */
export function sendStep(protocol: ProtocolName, payload: Data, validation: Judging): Data {
  const expect = expectations(validation, protocol)
  return { request: requestOf(protocol, validation), name: 'send', payload, ...(expect ? { expect } : {}) }
}

function requestOf(protocol: ProtocolName, { replies }: Judging): Data {
  const json = '{{payload}}'
  if (protocol === 'http') return { method: 'POST', json }
  if (protocol === 'websocket') return { json }
  return { publish: { payload: { json } }, ...(replies ? { await: 'reply' } : {}) }
}
