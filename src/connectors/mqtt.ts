/** MQTT 3.1.1 and 5: one session for each user, each publish settled by its own acknowledgement, reply or echo. */
import { TargetError } from '../errors.ts'
import { type Connection, defineConnector, type OpenContext } from './connector.ts'
import { clientIdOf } from './mqtt/client-ids.ts'
import { noteLoss, takeLoss, withComeback } from './mqtt/comeback.ts'
import { type ConnectionOwner, MqttConnection } from './mqtt/connection.ts'
import { openLink } from './mqtt/open.ts'
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
  open: openMqtt,
})

async function openMqtt(options: MqttOptions, context: OpenContext): Promise<Connection<MqttRequest>> {
  const { events, userId } = context
  const owner = ownerOf(options, context)
  const { link, times } = await withComeback(options, context, () => counted(context, () => openLink(options, context, owner)))
  events.opened(times)
  const downMs = takeLoss(options, userId)
  if (downMs !== undefined) events.reconnected(downMs)
  return new MqttConnection(link, options, owner)
}

function ownerOf(options: MqttOptions, { events, userId }: OpenContext): ConnectionOwner {
  return {
    clientId: clientIdOf(options.clientId, userId),
    userId,
    ended(failureClass, final) {
      if (!final) noteLoss(options, userId)
      if (failureClass === undefined) events.closed()
      else events.lost(failureClass)
    },
  }
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
