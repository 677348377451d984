/** Addresses as people write them, completed to what a connector can open. */
import { connectors } from '../../connectors/index.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/** Schemes of other MQTT clients, and what they are here. */
const MQTT_SCHEMES: readonly (readonly [RegExp, string])[] = [
  [/^tcp:\/\//i, 'mqtt://'],
  [/^ssl:\/\//i, 'mqtts://'],
]

/** Whether an address says itself where it begins: with a scheme, the mock or a template. */
function isComplete(url: string): boolean {
  return SCHEME.test(url) || url.startsWith('mock:') || url.startsWith('{{') || url.trim() === ''
}

/** `localhost:8000/ws/` with the scheme of its protocol, the one without TLS; `tcp://` and `ssl://` as MQTT has them here. */
export function completeAddress(url: string, protocol: string): string {
  if (protocol === 'mqtt') for (const [scheme, ours] of MQTT_SCHEMES) if (scheme.test(url)) return url.replace(scheme, ours)
  return isComplete(url) ? url : `${schemeFor(protocol)}//${url.replace(/^\/\//, '')}`
}

/** What is wrong with a complete address, in words; undefined when it can be opened. `topics`: its path is an MQTT topic. */
export function addressFault(url: string, topics: boolean): string | undefined {
  const parsed = URL.parse(url)
  if (!parsed) return 'this is not an address'
  if (parsed.hostname === '') return 'the address has no host'
  if (parsed.port === '0') return 'port 0 is no port to connect to'
  if (/%(?![0-9a-f]{2})/i.test(parsed.username + parsed.password))
    return 'a % in the user name or password is the beginning of an escape: write %25 for the sign itself'
  if (topics && /\+|%(?:2b|23|00)/i.test(parsed.pathname))
    return 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'
  return undefined
}

/** The first scheme that implies a protocol; one that none implies, such as sse, goes over HTTP. */
function schemeFor(protocol: string): string {
  const known = Object.entries(connectors).find(([name]) => name === protocol)
  return known?.[1].schemes[0] ?? 'http:'
}
