/** All protocols: the scenario schema is assembled from this table. */

import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'
import type { Connector, Scheme } from './wire/connector.ts'

export const connectors = { http, sse, mqtt, websocket, grpc }

/** The protocol of a target that names none. */
export const DEFAULT_PROTOCOL = http.protocol

/** The table without the types that each connector keeps together: options and requests of one never reach another. */
const table = connectors as unknown as Record<string, Connector>

/** The connector of a protocol, if there is one. */
export function connectorNamed(protocol: string): Connector | undefined {
  return Object.hasOwn(table, protocol) ? table[protocol] : undefined
}

/** All URL schemes that imply a protocol, with what is known of them. */
export function allSchemes(): Readonly<Record<string, Scheme>> {
  return Object.assign({}, ...Object.values(table).map(({ schemes }) => schemes))
}

/** The protocol that the scheme of an address implies. */
export function protocolOfAddress(url: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(url)?.[0].toLowerCase() ?? ''
  return Object.values(table).find(({ schemes }) => Object.hasOwn(schemes, scheme))?.protocol
}

/** Schemes that addresses of a protocol may have. */
export function schemesOf(protocol: string): readonly string[] {
  const { schemes = {}, over = [] } = connectorNamed(protocol) ?? {}
  return [...Object.keys(schemes), ...over]
}

/** Whether the protocol runs over another one at this address, as MQTT does over a WebSocket. */
export function runsOverAnother({ over = [] }: Pick<Connector, 'over'>, url: string): boolean {
  return over.some((scheme) => url.toLowerCase().startsWith(scheme))
}

/**
 * Adds a protocol from outside. The schema is assembled when it is first imported, so this has to come before that.
 * @returns what speaks against it: its name or one of its URL schemes is taken; undefined when it was added
 */
export function registerConnector(connector: Connector): string | undefined {
  const { protocol, schemes } = connector
  if (Object.hasOwn(table, protocol)) return `there is a protocol "${protocol}" already`
  const both = Object.keys(schemes).find((scheme) => Object.hasOwn(allSchemes(), scheme))
  if (both !== undefined) return `the URL scheme "${both}" belongs to the protocol "${protocolOfAddress(`${both}//`)}" already`
  table[protocol] = connector
  return undefined
}
