import { randomBytes } from 'node:crypto'
import type { Failure, FailureKind } from '../errors.ts'
import { isMap } from '../text/json.ts'
import { type MqttOptions, mqttOptions } from './mqtt/options/options.ts'
import { publishPayload } from './mqtt/options/payload.ts'
import { headerProblem, type MqttRequest, messageRequest, stepRequest } from './mqtt/options/request.ts'
import { mqttStep } from './mqtt/options/step.ts'
import { type AddressPlace, type Connection, defineConnector, type OpenContext } from './wire/connector.ts'

/** What one step does over an MQTT connection: publish, subscribe, unsubscribe, wait for a message, or disconnect. */
export type { MqttRequest } from './mqtt/options/request.ts'

/** Says where an MQTT address names a topic: in its path. */
const topicPlace: AddressPlace = {
  keys: ['topic'],
  ofPath: (path) => (path === '' || path === '/' ? undefined : { topic: path.slice(1) }),
  own: ({ publish }) => (isMap(publish) ? publish : publish === undefined ? undefined : {}),
  message: 'no topic to publish to: the address has no path, and there is no mqtt.topic',
  hint: 'such as mqtt://127.0.0.1:1883/my/topic, or mqtt: { topic: my/topic } (--set target.mqtt.topic=my/topic)',
  pathProblem: (path) =>
    /\+|%(?:2b|23|00)/i.test(path)
      ? 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'
      : undefined,
  // the mock's chat, whose replies need a subscription
  mock: { preset: 'custom-mqtt', unless: ['topic', 'reply'] },
}

/**
 * The connector for MQTT 3.1.1 and 5. Each user has a session of its own. A publish is complete when it is acknowledged (with QoS 0: written), when a
 * reply comes, or when the broker delivers the message back to the user, as the scenario asks.
 */
export const mqtt = defineConnector({
  protocol: 'mqtt',
  localAddresses: true,
  schemes: { 'mqtt:': { port: 1883 }, 'mqtts:': { port: 8883 } },
  over: ['ws:', 'wss:'],
  aliases: { 'tcp:': 'mqtt:', 'ssl:': 'mqtts:' },
  kindsOf,
  lasting: true,
  messages: true,
  options: mqttOptions,
  request: mqttStep,
  fromMessage: messageRequest,
  fromStep: stepRequest,
  payload: publishPayload,
  headerProblem,
  place: topicPlace,
  secrets: ({ enhancedAuth: auth }) => (auth ? [auth.data ?? '', ...auth.replies] : []),
  sample: {
    step: {
      request: { publish: { payload: { json: '{{payload}}' } } },
      payload: { types: ['HEARTBEAT', 'METRICS'], envelope: 'graphql' },
    },
    // the address that Stream Testbench uses by default; its recipes for CI rely on it
    url: 'mqtt://localhost:1883/graphql/mutation',
  },
  requestOf: ({ data }) => ({ publish: { payload: { text: data ?? '' } } }),
  prepare: loadConnection,
  clientId: (options, userId) => clientIdOf(options.clientId, userId),
  open: openMqtt,
})

/** Loads what only runs over MQTT need: the connection, and the library that it uses. */
async function loadConnection() {
  const [{ MqttConnection }, { LinkKeeper }] = await Promise.all([
    import('./mqtt/connection.ts'),
    import('./mqtt/keeper.ts'),
    import('mqtt'),
  ])
  return { MqttConnection, LinkKeeper }
}

async function openMqtt(options: MqttOptions, context: OpenContext): Promise<Connection<MqttRequest>> {
  const owner = { clientId: clientIdOf(options.clientId, context.userId), userId: context.userId }
  const { MqttConnection, LinkKeeper } = await loadConnection()
  const keeper = new LinkKeeper(options, context, owner)
  return new MqttConnection(await keeper.open(), keeper, options, owner)
}

const TIMEOUT = /^mqtt_(?:no_ack|keep_alive_timeout)$/
const AUTH = /^mqtt_(?:not_authorized$|bad_(?:user_name|authentication))/

/**
 * Returns the kinds of an MQTT failure. A reason code counts as a status only in an acknowledgement; elsewhere it says why the broker ended the
 * connection.
 */
function kindsOf({ class: failureClass, code, phase }: Failure): FailureKind[] {
  if (!failureClass.startsWith('mqtt_')) return []
  const isAnswer = (phase === 'headers' || phase === 'subscribe') && /^\d+$/.test(code ?? '')
  return [
    ...(TIMEOUT.test(failureClass) ? (['timeout'] as const) : []),
    ...(AUTH.test(failureClass) ? (['auth'] as const) : []),
    ...(isAnswer ? (['status'] as const) : []),
  ]
}

/** The part that all client ids of this process share. It does not come from the seed, so that two runs never replace each other at a broker. */
let mark: string | undefined

/** Returns the MQTT client id of a user: unique, and the same on each of its connections. */
function clientIdOf(prefix: string, userId: number): string {
  mark ??= randomBytes(4).toString('hex')
  return `${prefix}-${mark}-${userId}`
}
