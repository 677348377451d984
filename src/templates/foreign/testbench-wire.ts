/** Addresses and requests of Stream Testbench, by protocol. */
import type { Data } from '../template.ts'
import { type Fields, isMap } from './fields.ts'
import type { Sending } from './testbench-faults.ts'
import type { Judging } from './testbench-validation.ts'

export type ProtocolName = 'websocket' | 'mqtt' | 'http'

/** Words of the file, and schemes of addresses. */
export const PROTOCOL_NAMES: Readonly<Record<string, ProtocolName>> = {
  websocket: 'websocket',
  ws: 'websocket',
  wss: 'websocket',
  mqtt: 'mqtt',
  mqtts: 'mqtt',
  tcp: 'mqtt',
  http: 'http',
  https: 'http',
}

const SCHEMES: Readonly<Record<ProtocolName, RegExp>> = { websocket: /^wss?:/i, mqtt: /^mqtts?:/i, http: /^https?:/i }
const PLAIN: Readonly<Record<ProtocolName, string>> = { websocket: 'ws', mqtt: 'mqtt', http: 'http' }

/** The endpoint as an address of the protocol; the original fills in what is missing in the same way. */
export function urlFor(endpoint: string, protocol: ProtocolName, notes: string[]): string {
  if (SCHEMES[protocol].test(endpoint)) return endpoint
  const bare = endpoint.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  if (protocol !== 'mqtt') return `${PLAIN[protocol]}://${bare}`
  const [place = ''] = bare.split('/')
  if (!/^tcp:/i.test(endpoint) && endpoint !== bare)
    notes.push(`endpoint ${endpoint}: taken as the MQTT broker mqtt://${place}; set its address`)
  return `mqtt://${place}`
}

/** The `mqtt:` block; what the file leaves out is what the original does. */
export function mqttTarget(mqtt: Fields): Data {
  const subscribe = mqtt.list('subscribe', 'subscribeTopics')
  const block = {
    version: 4,
    clientId: 'streamtestbench_',
    topic: mqtt.text('topic', 'publishTopic') ?? 'graphql/mutation',
    qos: mqtt.number('qos') ?? 1,
    retain: mqtt.flag('retain', mqtt.flag('retained', false)),
    clean: mqtt.flag('clean', mqtt.flag('cleanSession', true)),
    keepalive: `${mqtt.number('keepalive', 'keepAlive', 'keepAliveInterval') ?? 60}s`,
    subscribe:
      subscribe.length > 0 ? subscribe.map(topicOf) : ['response/acknowledgement', 'response/status', 'graphql/mutation/status'],
  }
  mqtt.finish()
  return block
}

function topicOf(entry: unknown): unknown {
  return isMap(entry) ? { topic: entry.topic, ...(entry.qos === undefined ? {} : { qos: entry.qos }) } : String(entry)
}

/** What is sent, in both forms. */
export type Content = Pick<Sending, 'message' | 'payload'>

/** One publish, complete when the broker has acknowledged it. */
export function mqttSending(content: Content): Sending {
  return {
    ...content,
    send: (name) => ({ request: { publish: { payload: { json: '{{payload}}' } } }, name }),
    drop: { request: { disconnect: 'abrupt' }, name: 'drop' },
  }
}

/** One frame; a copy of a message is answered once, or not at all, so nothing is waited for. */
export function socketSending(content: Content, judge: Judging, expect: readonly Data[] | undefined): Sending {
  return {
    ...content,
    send: (name) => {
      const silent = judge.replies === 'none' || name !== 'send'
      const request = { json: '{{payload}}', ...(silent ? { await: 'none' } : {}) }
      return { request, name, ...(silent || !expect ? {} : { expect }) }
    },
    drop: { request: { disconnect: 'abrupt' }, name: 'drop' },
  }
}

/** One POST. */
export function webSending(content: Content, expect: readonly Data[] | undefined): Sending {
  return {
    ...content,
    send: (name) => ({ request: { method: 'POST', json: '{{payload}}' }, name, ...(expect ? { expect } : {}) }),
    drop: undefined,
  }
}
