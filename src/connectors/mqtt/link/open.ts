import type { IClientOptions, IStore } from 'mqtt'
import { LocalError, TargetError } from '../../../errors.ts'
import type { Failure } from '../../../exchange.ts'
import type { OpenContext, TargetAddress } from '../../wire/connector.ts'
import { credentialsOf, type MqttCredentials } from '../options/credentials.ts'
import type { MqttOptions } from '../options/options.ts'
import { fillTopic, type TopicOwner } from '../options/topics.ts'
import { answerQuestions, authenticationOf } from './enhanced-auth.ts'
import { MqttLink, NO_HIDDEN_WORK } from './link.ts'
import { type RequestedTopics, subscribe } from './subscribe.ts'
import { openTransport, stopped } from './transport.ts'

/** What is known about an earlier connection of the same user. */
interface Earlier {
  /** The last packet id on the user's earlier connection; 0 when there was none. */
  readonly lastId: number
  /** Topics to which steps have subscribed; a new session has to subscribe to them again. */
  readonly subscriptions: RequestedTopics
}

/** The client ids with which burn has connected before, so that a broker may still hold their session. */
const known = new Set<string>()

/**
 * Opens an MQTT connection for a user: connects, authenticates, waits for CONNACK and subscribes.
 * @throws TargetError when the broker cannot be reached or refuses; LocalError for settings that cannot be used
 */
export async function openLink(
  options: MqttOptions,
  context: OpenContext,
  owner: TopicOwner,
  earlier: Earlier,
): Promise<MqttLink> {
  const { MqttClient, Store } = await import('mqtt')
  const transport = await openTransport(options, context)
  const credentials = credentialsOf(context.address, options)
  const authentication = authenticationOf(options, credentials)
  const given = clientOptions(options, authentication?.hidesPassword ? {} : credentials, owner)
  const properties = { ...given.properties, ...authentication?.properties }
  const link = new MqttLink(
    transport,
    (stream, messageIdProvider) =>
      new MqttClient(stream, { ...given, properties, messageIdProvider, outgoingStore: emptied(new Store()) }),
    {
      opening: {
        version: options.version,
        clean: options.clean,
        first: !known.has(owner.clientId),
        method: options.enhancedAuth?.method,
      },
      lastId: earlier.lastId,
      isProved: authentication && ((said) => authentication.isProved(said)),
    },
  )
  if (authentication) answerQuestions(link, authentication)
  known.add(owner.clientId)
  const stop = () => link.destroy()
  context.signal.addEventListener('abort', stop, { once: true })
  try {
    if (context.signal.aborted) throw stopped()
    await accepted(link, context.address)
    await subscribeAll(link, options, owner, link.sessionPresent ? new Map() : earlier.subscriptions)
    // One read may hold the last answer and a DISCONNECT: this connection was never of use.
    if (link.over) throw targetError(link.failure)
    return link
  } catch (error) {
    link.destroy()
    throw context.signal.aborted ? stopped() : error
  } finally {
    context.signal.removeEventListener('abort', stop)
  }
}

/**
 * Makes a message store of the `mqtt` library store nothing, and returns that store: burn itself keeps unacknowledged messages, in order to send them
 * again. The store's method `del` no longer calls its callback, because the library would create an error with a stack trace for each call.
 */
export function emptied(store: IStore): IStore {
  store.put = (_packet, done) => {
    done()
    return store
  }
  store.del = () => store
  return store
}

/** Resolves when the broker has accepted the connection and the library can send. Rejects with TargetError when the connection ends before that. */
function accepted(link: MqttLink, address: TargetAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    link.client.once('connect', () => resolve())
    void link.gone.then(() => reject(targetError(link.failure && withCause(link.failure, address))))
  })
}

/** Adds a likely cause to the failure of a broker that just hangs up before CONNACK: it may reject the client certificate, or want one. */
function withCause(failure: Failure, { url, tls }: TargetAddress): Failure {
  if (failure.class !== 'closed_early' && failure.class !== 'reset') return failure
  const cause =
    tls.cert === undefined
      ? 'it may want a client certificate (tls.cert, tls.key)'
      : 'it may refuse the client certificate (tls.cert)'
  const secure = /^(mqtts|wss):/i.test(url)
  return { ...failure, message: `${failure.message}, before it had answered CONNECT${secure ? `: ${cause}` : ''}` }
}

function targetError(failure: Failure | undefined): TargetError {
  if (!failure) return stopped()
  return new TargetError(failure.class, failure.phase === 'subscribe' ? 'subscribe' : 'connect', failure.message)
}

/** Subscribes in one packet to the topics in the target's options and those in `more`. @throws TargetError, LocalError */
async function subscribeAll(link: MqttLink, options: MqttOptions, owner: TopicOwner, more: RequestedTopics): Promise<void> {
  const { subscribe: listed, reply, qos } = options
  const all = reply ? [...listed, { topic: reply.topic, qos: reply.qos }] : listed
  const requested = new Map([...more, ...all.map((one) => [fillTopic(one.topic, owner), one.qos ?? qos] as const)])
  if (requested.size === 0) return
  for (const topic of requested.keys()) {
    const problem = link.limits.subscribeProblem(topic)
    if (problem !== undefined) throw new LocalError(problem, 'change the topics of mqtt.subscribe and mqtt.reply')
  }
  const { failure } = await subscribe(link, requested)
  if (failure) throw targetError(failure)
}

function clientOptions(options: MqttOptions, credentials: MqttCredentials, owner: TopicOwner): IClientOptions {
  const { will, sessionExpiry, userProperties } = options
  return {
    ...NO_HIDDEN_WORK,
    clientId: owner.clientId,
    protocolVersion: options.version,
    clean: options.clean,
    keepalive: options.keepalive / 1000,
    autoAssignTopicAlias: options.topicAlias,
    ...credentials,
    ...(will && { will: { ...will, topic: fillTopic(will.topic, owner), payload: Buffer.from(will.payload) } }),
    properties: {
      ...(sessionExpiry !== undefined && { sessionExpiryInterval: sessionExpiry / 1000 }),
      ...(userProperties && { userProperties }),
    },
  }
}
