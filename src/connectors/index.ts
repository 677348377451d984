/** The registry of connectors by protocol; the scenario schema is put together from it. */
import { grpc } from './grpc.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'
import type { Connector, Scheme } from './wire/connector.ts'

/** The connectors that are built in, by the name of their protocol. */
export const connectors = { http, sse, mqtt, websocket, grpc }

/** The protocol of a target when neither its settings, its URL nor its preset (a known API) name one. */
export const DEFAULT_PROTOCOL = http.protocol

/** All connectors by protocol, plugins included. Their types of options and requests are dropped, because a connector only ever gets its own. */
const table = connectors as unknown as Record<string, Connector>

const builtIn = new Set(Object.keys(table))

/** True for a protocol that is part of burn, false for one of a plugin. */
export const isBuiltIn = (protocol: string): boolean => builtIn.has(protocol)

/** Returns the connector (the implementation) of a protocol; undefined when burn does not know the protocol. */
export function connectorNamed(protocol: string): Connector | undefined {
  return Object.hasOwn(table, protocol) ? table[protocol] : undefined
}

/** Returns the URL schemes of all protocols, such as `mqtts`, with their default ports and the environment variables for proxies. */
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

/**
 * True when, at the address `url`, a protocol is carried by another protocol. An example is MQTT, which is carried by WebSocket at addresses that
 * begin with `ws://`.
 */
export function runsOverAnother({ over = [] }: Pick<Connector, 'over'>, url: string): boolean {
  return over.some((scheme) => url.toLowerCase().startsWith(scheme))
}

/**
 * Adds a protocol that a plugin implements. Call it before the scenario schema is imported for the first time, because the schema contains all
 * protocols. Returns undefined or, when the protocol cannot be added, the reason: its name or one of its URL schemes is taken.
 */
export function registerConnector(connector: Connector): string | undefined {
  const { protocol, schemes } = connector
  if (Object.hasOwn(table, protocol)) return `there is a protocol "${protocol}" already`
  const both = Object.keys(schemes).find((scheme) => Object.hasOwn(allSchemes(), scheme))
  if (both !== undefined) return `the URL scheme "${both}" belongs to the protocol "${protocolOfAddress(`${both}//`)}" already`
  table[protocol] = connector
  return undefined
}
