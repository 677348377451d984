import { randomBytes } from 'node:crypto'
import { now } from '../clock.ts'
import { type Failure, type FailureKind, TargetError } from '../errors.ts'
import { isMap } from '../text/json.ts'
import { lastIdOf, noteLoss, takeLoss, withComeback } from './mqtt/comeback.ts'
import { type ConnectionOwner, MqttConnection } from './mqtt/connection.ts'
import { type Opened, openLink } from './mqtt/link/open.ts'
import type { RequestedTopics } from './mqtt/link/subscribe.ts'
import { type MqttOptions, mqttOptions } from './mqtt/options/options.ts'
import { headerProblem, type MqttRequest, messageRequest, stepRequest } from './mqtt/options/request.ts'
import { mqttStep } from './mqtt/options/step.ts'
import { type AddressPlace, type Connection, defineConnector, type OpenContext } from './wire/connector.ts'

/** What one step does over an MQTT connection: publish, subscribe, unsubscribe, wait for a message, or disconnect. */
export type { MqttRequest } from './mqtt/options/request.ts'

/** Longest duration of one try to reconnect, in ms. */
const TRY_MS = 10_000

/** The place that an MQTT address names is a topic: the path of the address. */
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

/** The connector for MQTT 3.1.1 and 5. Each user has a session of its own. A publish is complete with its acknowledgement, a reply or an echo. */
export const mqtt = defineConnector({
  protocol: 'mqtt',
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
  prepare: () => import('mqtt'),
  clientId: (options, userId) => clientIdOf(options.clientId, userId),
  open: openMqtt,
})

async function openMqtt(options: MqttOptions, context: OpenContext): Promise<Connection<MqttRequest>> {
  const owner = ownerOf(options, context)
  const { link } = await connect(options, context, owner, (signal) => signal)
  return new MqttConnection(link, options, owner)
}

/** Opens a user's MQTT connection, also after a loss, and reports it. `limit` turns the abort signal into that of one try. */
async function connect(
  options: MqttOptions,
  context: OpenContext,
  owner: ConnectionOwner,
  limit: (signal: AbortSignal) => AbortSignal,
  subscriptions: RequestedTopics = new Map(),
): Promise<Opened> {
  const { events, userId } = context
  const lastId = lastIdOf(options, userId)
  const soughtAt = now()
  const attempt = () =>
    counted(context, () => openLink(options, { ...context, signal: limit(context.signal) }, owner, { lastId, subscriptions }))
  const opened = await withComeback(options, context, attempt)
  events.opened(opened.times)
  const downMs = takeLoss(options, userId, soughtAt)
  if (downMs !== undefined) events.reconnected(downMs)
  return opened
}

/** Limits the time of a try to reconnect: no attempt, and so no deadline of one, belongs to it. */
function limited(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)])
}

function ownerOf(options: MqttOptions, context: OpenContext): ConnectionOwner {
  const { events, userId } = context
  const owner: ConnectionOwner = {
    clientId: clientIdOf(options.clientId, userId),
    userId,
    reopen: (signal, subscriptions) => connect(options, { ...context, signal }, owner, limited, subscriptions),
    ended(failureClass, { final, inFlight, lastId }) {
      if (!final) noteLoss(options, userId, lastId)
      if (failureClass === undefined) events.closed()
      else events.lost(failureClass, inFlight)
    },
  }
  return owner
}

/** Calls `open` and returns its result. A failure is reported as a failed connect, unless `signal` has stopped it. */
async function counted<T>({ events, signal }: OpenContext, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof TargetError && !signal.aborted) events.openFailed(error.class)
    throw error
  }
}

const TIMEOUT = /^mqtt_(?:no_ack|keep_alive_timeout)$/
const AUTH = /^mqtt_(?:not_authorized$|bad_(?:user_name|authentication))/

/** The reason code in an acknowledgement is a status alone; elsewhere it says why the broker ended the connection. */
function kindsOf({ class: failureClass, code, phase }: Failure): FailureKind[] {
  if (!failureClass.startsWith('mqtt_')) return []
  const isAnswer = (phase === 'headers' || phase === 'subscribe') && /^\d+$/.test(code ?? '')
  return [
    ...(TIMEOUT.test(failureClass) ? (['timeout'] as const) : []),
    ...(AUTH.test(failureClass) ? (['auth'] as const) : []),
    ...(isAnswer ? (['status'] as const) : []),
  ]
}

/** Part of all client ids of this process. It is not derived from the seed, because two runs at one broker must not replace each other. */
let mark: string | undefined

/** Returns the MQTT client id of a user: unique, and the same on each of its connections. */
function clientIdOf(prefix: string, userId: number): string {
  mark ??= randomBytes(4).toString('hex')
  return `${prefix}-${mark}-${userId}`
}
