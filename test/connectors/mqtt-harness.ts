/** Opens MQTT connections the way the runner does, for tests. */

import { type MqttRequest, mqtt } from '../../src/connectors/mqtt.ts'
import type { ConnectionEvents } from '../../src/connectors/wire/connector.ts'
import { addressOf, eventLog, openContext, trial } from './contract.ts'

type OptionsIn = Parameters<typeof mqtt.options.parse>[0]

/** A connection with its log of events, and short ways to send. */
export async function line(
  url: string,
  given: OptionsIn = {},
  rest: { headers?: Record<string, string>; userId?: number; events?: ConnectionEvents; signal?: AbortSignal } = {},
) {
  const options = mqtt.options.parse(given)
  const address = addressOf(url, { headers: rest.headers ?? {} })
  const { events, log } = eventLog()
  const context = { events: rest.events ?? events, userId: rest.userId ?? 0, ...(rest.signal && { signal: rest.signal }) }
  const open = () => mqtt.open(options, openContext(address, context))
  const connection = await open()
  const send = (request: MqttRequest) => {
    const sent = trial()
    connection.send(request, sent.exchange)
    return sent
  }
  return {
    connection,
    log,
    /** Opens the next connection of the same user. */
    open,
    send,
    message: (body: unknown) => send(mqtt.fromMessage(body, address, options)),
    step: (step: object) => send(mqtt.fromStep(mqtt.request.parse(step), address, options)),
  }
}

/** What `open` rejects with. */
export async function refusal(url: string, given: OptionsIn = {}, headers: Record<string, string> = {}) {
  const { events, log } = eventLog()
  try {
    const { connection } = await line(url, given, { headers, events })
    await connection.close()
  } catch (error) {
    return { error, log }
  }
  throw new Error('the connection was made')
}
