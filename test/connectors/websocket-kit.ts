/** What the tests of the WebSocket connector share: a server and a user that end with their test. */
import { onTestFinished } from 'vitest'
import type * as z from 'zod'
import type { WebSocketStep } from '../../src/connectors/websocket/options/options.ts'
import type { WebSocketRequest } from '../../src/connectors/websocket/options/request.ts'
import { websocket } from '../../src/connectors/websocket.ts'
import type { Connection, OpenContext, TargetAddress } from '../../src/connectors/wire/connector.ts'
import { type RawBehaviour, type RawServer, rawServer } from '../servers/ws-raw.ts'
import { addressOf, eventLog, openContext, type Trial, trial } from './contract.ts'

export type OptionsInput = z.input<typeof websocket.options>

/** A raw server that is stopped after the test. */
export async function serverFor(behaviour: RawBehaviour = {}): Promise<RawServer> {
  const server = await rawServer(behaviour)
  onTestFinished(() => server.stop())
  return server
}

/** A user with an open connection. */
export interface User {
  readonly connection: Connection<WebSocketRequest>
  /** Connection events, such as "opened" and "lost ws_close_1006". */
  readonly log: readonly string[]
  readonly address: TargetAddress
  /** Sends a `request` step. */
  request(step: WebSocketStep, reader?: Trial): Trial
  /** Sends a `message` step; without a reader of one's own the reply ends after a message that ends so. */
  message(body: unknown, reader?: string | Trial): Trial
}

/** Opens a connection, which is closed after the test. */
export async function userOf(
  url: string,
  input: OptionsInput = {},
  rest: Partial<TargetAddress> = {},
  context: Partial<OpenContext> = {},
): Promise<User> {
  const options = websocket.options.parse(input)
  const address = addressOf(url, rest)
  const { events, log } = eventLog()
  const connection = await websocket.open(options, openContext(address, { events, ...context }))
  onTestFinished(async () => connection.close())
  const send = (request: WebSocketRequest, made: Trial): Trial => {
    connection.send(request, made.exchange)
    return made
  }
  return {
    connection,
    log,
    address,
    request: (step, reader = trial()) => send(websocket.fromStep(websocket.request.parse(step), address, options), reader),
    message: (body, reader) =>
      send(websocket.fromMessage(body, address, options), typeof reader === 'object' ? reader : trial(reader)),
  }
}

/** How an exchange ended: its outcome, or the class of its failure. */
export async function fateOf({ settled }: Trial): Promise<string> {
  const { outcome, failure } = await settled
  return failure?.class ?? outcome ?? 'open'
}
