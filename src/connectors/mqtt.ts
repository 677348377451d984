/** MQTT 3.1.1 and 5: one session for each user, each publish settled by its own acknowledgement, reply or echo. */
import { TargetError } from '../errors.ts'
import { type Connection, defineConnector, type OpenContext } from './connector.ts'
import { clientIdOf } from './mqtt/client-ids.ts'
import { lastIdOf, noteLoss, takeLoss, withComeback } from './mqtt/comeback.ts'
import { type ConnectionOwner, MqttConnection } from './mqtt/connection.ts'
import { type Opened, openLink } from './mqtt/open.ts'
import { type MqttOptions, mqttOptions } from './mqtt/options.ts'
import { type MqttRequest, messageRequest, stepRequest } from './mqtt/request.ts'
import { mqttStep } from './mqtt/step.ts'

export type { MqttRequest } from './mqtt/request.ts'

/** The MQTT connector. */
export const mqtt = defineConnector({
  protocol: 'mqtt',
  schemes: ['mqtt:', 'mqtts:'],
  options: mqttOptions,
  request: mqttStep,
  fromMessage: messageRequest,
  fromStep: stepRequest,
  prepare: () => import('mqtt'),
  clientId: (options, userId) => clientIdOf(options.clientId, userId),
  open: openMqtt,
})

async function openMqtt(options: MqttOptions, context: OpenContext): Promise<Connection<MqttRequest>> {
  const owner = ownerOf(options, context)
  const { link } = await connect(options, context, owner)
  return new MqttConnection(link, options, owner)
}

/** Opens a link and tells of it: the first one of a connection, or one in place of a lost one. */
async function connect(options: MqttOptions, context: OpenContext, owner: ConnectionOwner): Promise<Opened> {
  const { events, userId } = context
  const lastId = lastIdOf(options, userId)
  const opened = await withComeback(options, context, () => counted(context, () => openLink(options, context, owner, lastId)))
  events.opened(opened.times)
  const downMs = takeLoss(options, userId)
  if (downMs !== undefined) events.reconnected(downMs)
  return opened
}

function ownerOf(options: MqttOptions, context: OpenContext): ConnectionOwner {
  const { events, userId } = context
  const owner: ConnectionOwner = {
    clientId: clientIdOf(options.clientId, userId),
    userId,
    reopen: (signal) => connect(options, { ...context, signal }, owner),
    ended(failureClass, { final, inFlight, lastId }) {
      if (!final) noteLoss(options, userId, lastId)
      if (failureClass === undefined) events.closed()
      else events.lost(failureClass, inFlight)
    },
  }
  return owner
}

/** Tells of each try that fails, except those that were stopped from outside. */
async function counted<T>({ events, signal }: OpenContext, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof TargetError && !signal.aborted) events.openFailed(error.class)
    throw error
  }
}
