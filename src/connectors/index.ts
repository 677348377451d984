/** All protocols: the scenario schema is assembled from this table. */
import type { Connector } from './connector.ts'
import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'

export const connectors = { http, sse, mqtt, websocket, grpc }

export type Protocol = keyof typeof connectors

/**
 * Adds a protocol from outside. The schema is assembled when it is first imported, so this has to come before that.
 * @returns what speaks against it: its name or one of its URL schemes is taken; undefined when it was added
 */
export function registerConnector(connector: Connector): string | undefined {
  const table = connectors as unknown as Record<string, Connector>
  const { protocol, schemes } = connector
  if (Object.hasOwn(table, protocol)) return `there is a protocol "${protocol}" already`
  for (const { protocol: owner, schemes: taken } of Object.values(table)) {
    const both = schemes.find((scheme) => taken.includes(scheme))
    if (both !== undefined) return `the URL scheme "${both}" belongs to the protocol "${owner}" already`
  }
  table[protocol] = connector
  return undefined
}
