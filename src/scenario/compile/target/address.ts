/** Completes the addresses that people write, such as `localhost:8000`, with the scheme that the protocol needs. */
import { connectorNamed, DEFAULT_PROTOCOL, runsOverAnother, schemesOf } from '../../../connectors/index.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/** True when an address needs no scheme added: it has one, begins with `mock:`, or begins with a template. */
function isComplete(url: string): boolean {
  return SCHEME.test(url) || url.startsWith('mock:') || url.startsWith('{{') || url.trim() === ''
}

/**
 * Adds the scheme to an address that has none: for WebSocket, `localhost:8000/ws/` becomes `ws://localhost:8000/ws/`. Another word for a scheme of
 * the protocol is replaced: for MQTT, `tcp://` becomes `mqtt://`. Other addresses, and `mock:` and those that begin with a template, stay as they
 * are.
 */
export function completeAddress(url: string, protocol: string): string {
  const written = SCHEME.exec(url)?.[0].slice(0, -2) ?? ''
  const ours = connectorNamed(protocol)?.aliases?.[written.toLowerCase()]
  if (ours !== undefined) return ours + url.slice(written.length)
  const [usual] = [...schemesOf(protocol), ...schemesOf(DEFAULT_PROTOCOL)]
  return isComplete(url) ? url : `${usual}//${url.replace(/^\/\//, '')}`
}

/**
 * Returns a message about what is wrong with the address of a target; undefined when the address is fine. An address without a scheme is wrong, too.
 */
export function addressProblem(url: string, protocol: string): string | undefined {
  const parsed = URL.parse(url)
  if (!parsed) return 'this is not an address'
  if (parsed.hostname === '') return 'the address has no host'
  if (parsed.port === '0') return 'port 0 is no port to connect to'
  if (/%(?![0-9a-f]{2})/i.test(parsed.username + parsed.password))
    return 'a % in the user name or password is the beginning of an escape: write %25 for the sign itself'
  const connector = connectorNamed(protocol)
  if (!connector?.place || runsOverAnother(connector, url)) return undefined
  const behind = parsed.search + parsed.hash
  if (behind !== '') return `"${behind}" would be left out: the path alone says where to send`
  return connector.place.pathProblem?.(parsed.pathname)
}
