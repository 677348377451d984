/** Addresses as people write them, completed to what a connector can open. */
import { connectors } from '../../connectors/index.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/** Schemes of other MQTT clients, and what they are here. */
const MQTT_SCHEMES: readonly (readonly [RegExp, string])[] = [
  [/^tcp:\/\//i, 'mqtt://'],
  [/^ssl:\/\//i, 'mqtts://'],
]

/** Whether an address says itself where it begins: with a scheme, the mock or a template. */
export function isComplete(url: string): boolean {
  return SCHEME.test(url) || url.startsWith('mock:') || url.startsWith('{{') || url.trim() === ''
}

/** `localhost:8000/ws/` with the scheme of its protocol, the one without TLS; `tcp://` and `ssl://` as MQTT has them here. */
export function completeAddress(url: string, protocol: string): string {
  if (protocol === 'mqtt') for (const [scheme, ours] of MQTT_SCHEMES) if (scheme.test(url)) return url.replace(scheme, ours)
  return isComplete(url) ? url : `${schemeFor(protocol)}//${url.replace(/^\/\//, '')}`
}

/** The first scheme that implies a protocol; one that none implies, such as sse, goes over HTTP. */
function schemeFor(protocol: string): string {
  const known = Object.entries(connectors).find(([name]) => name === protocol)
  return known?.[1].schemes[0] ?? 'http:'
}
