/** From an address to a subscribed MQTT session. */
import type { IClientOptions, IConnackPacket } from 'mqtt'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import type { OpenContext } from '../connector.ts'
import { credentialsOf } from './credentials.ts'
import { Link, NO_HIDDEN_WORK, refusal } from './link.ts'
import type { MqttOptions } from './options.ts'
import { subscribe } from './subscribe.ts'
import { fillTopic, type TopicOwner } from './topics.ts'
import { openTransport, stopped } from './transport.ts'

/** A session that is ready, and how long its stages took. */
export interface Opened {
  readonly link: Link
  readonly times: ConnectTimes
  /** The broker had kept the session of an earlier connection. */
  readonly sessionPresent: boolean
}

/**
 * Connects, waits for CONNACK, subscribes. `lastId`: the last packet id of the session so far.
 * @throws TargetError when the broker cannot be reached or refuses; LocalError
 */
export async function openLink(options: MqttOptions, context: OpenContext, owner: TopicOwner, lastId: number): Promise<Opened> {
  const { MqttClient } = await import('mqtt')
  const transport = await openTransport(options, context)
  const given = clientOptions(options, context, owner)
  const link = new Link(transport, (stream, messageIdProvider) => new MqttClient(stream, { ...given, messageIdProvider }), lastId)
  const stop = () => link.destroy()
  context.signal.addEventListener('abort', stop, { once: true })
  try {
    if (context.signal.aborted) throw stopped()
    const { at, sessionPresent } = await accepted(link)
    await subscribeAll(link, options, owner)
    return { link, times: { ...transport.times, handshakeMs: at - transport.connectedAt }, sessionPresent }
  } catch (error) {
    link.destroy()
    throw context.signal.aborted ? stopped() : error
  } finally {
    context.signal.removeEventListener('abort', stop)
  }
}

/** Resolves with a good CONNACK and its moment, once the library is ready to send. */
function accepted(link: Link): Promise<{ at: number; sessionPresent: boolean }> {
  return new Promise((resolve, reject) => {
    let at = Number.NaN
    link.client.once('packetreceive', (packet) => {
      at = now()
      if (packet.cmd !== 'connack') reject(new TargetError('bad_mqtt', 'connect', `expected CONNACK, got ${packet.cmd}`))
      else refuse(packet, reject)
    })
    link.client.once('connect', ({ sessionPresent }) => resolve({ at, sessionPresent }))
    link.onOver(() => reject(targetError(link.failure)))
  })
}

function refuse({ reasonCode, returnCode, properties }: IConnackPacket, reject: (error: TargetError) => void): void {
  const code = reasonCode ?? returnCode ?? 0
  if (code !== 0) reject(targetError(refusal(code, 'connect', properties?.reasonString)))
}

function targetError(failure: Failure | undefined): TargetError {
  return failure ? new TargetError(failure.class, 'connect', failure.message) : stopped()
}

/** Subscribes to what the target lists, the reply topic among it, in one packet. */
async function subscribeAll(link: Link, { subscribe: listed, reply, qos }: MqttOptions, owner: TopicOwner): Promise<void> {
  const all = reply ? [...listed, { topic: reply.topic, qos: reply.qos }] : listed
  if (all.length === 0) return
  const wanted = Object.fromEntries(all.map((one) => [fillTopic(one.topic, owner), { qos: one.qos ?? qos }]))
  const { failure } = await subscribe(link, wanted, 'connect')
  if (failure) throw targetError(failure)
}

function clientOptions(options: MqttOptions, { address }: OpenContext, owner: TopicOwner): IClientOptions {
  const { will, sessionExpiry } = options
  return {
    ...NO_HIDDEN_WORK,
    clientId: owner.clientId,
    protocolVersion: options.version,
    clean: options.clean,
    keepalive: Math.ceil(options.keepalive / 1000),
    ...credentialsOf(address, options),
    ...(will && { will: { ...will, topic: fillTopic(will.topic, owner), payload: Buffer.from(will.payload) } }),
    ...(sessionExpiry !== undefined && { properties: { sessionExpiryInterval: Math.ceil(sessionExpiry / 1000) } }),
  }
}
