/** The registry of protocols; the scenario schema is assembled from it. */
import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'
import type { Connector, Scheme } from './wire/connector.ts'

/** The built-in connectors, by protocol. */
export const connectors = { http, sse, mqtt, websocket, grpc }

/** The protocol of a target that does not name one. */
export const DEFAULT_PROTOCOL = http.protocol

/** All connectors, plugins included. The types of options and requests are dropped: those of one connector never reach another. */
const table = connectors as unknown as Record<string, Connector>

/** Returns the connector of a protocol; undefined when there is none. */
export function connectorNamed(protocol: string): Connector | undefined {
  return Object.hasOwn(table, protocol) ? table[protocol] : undefined
}

/** Returns the URL schemes of all protocols, with their default ports and proxy variables. */
export function allSchemes(): Readonly<Record<string, Scheme>> {
  return Object.assign({}, ...Object.values(table).map(({ schemes }) => schemes))
}

/** Returns the protocol of an address by its URL scheme; undefined when no protocol has that scheme. */
export function protocolOfAddress(url: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(url)?.[0].toLowerCase() ?? ''
  return Object.values(table).find(({ schemes }) => Object.hasOwn(schemes, scheme))?.protocol
}

/** Returns the URL schemes that addresses of a protocol may have. */
export function schemesOf(protocol: string): readonly string[] {
  const { schemes = {}, over = [] } = connectorNamed(protocol) ?? {}
  return [...Object.keys(schemes), ...over]
}

/** True when the protocol runs over another one at this address, as MQTT does over a WebSocket at `ws://…`. */
export function runsOverAnother({ over = [] }: Pick<Connector, 'over'>, url: string): boolean {
  return over.some((scheme) => url.toLowerCase().startsWith(scheme))
}

/**
 * Adds the protocol of a plugin. Must be called before the scenario schema is first imported, because that includes all
 * protocols.
 * @returns why the protocol cannot be added (its name or a URL scheme is taken); undefined when it was added
 */
export function registerConnector(connector: Connector): string | undefined {
  const { protocol, schemes } = connector
  if (Object.hasOwn(table, protocol)) return `there is a protocol "${protocol}" already`
  const both = Object.keys(schemes).find((scheme) => Object.hasOwn(allSchemes(), scheme))
  if (both !== undefined) return `the URL scheme "${both}" belongs to the protocol "${protocolOfAddress(`${both}//`)}" already`
  table[protocol] = connector
  return undefined
}
