import type { ConnectionOptions } from 'node:tls'
import { LocalError } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import { hostOf } from '../../text/host.ts'
import type { DialPlan } from '../wire/dial.ts'
import type { DnsOptions } from '../wire/dns.ts'
import type { HttpProxy } from '../wire/proxy.ts'
import type { WireRelay } from '../wire/relay.ts'

/** The settings of a target that say how to connect to it over HTTP, such as DNS, TLS and proxy. */
export interface Reach {
  readonly dns: DnsOptions
  readonly unixSocket: string | undefined
  /** Returns the TLS settings, whose files are read at the first call. @throws LocalError when a file cannot be used */
  readonly tls: () => ConnectionOptions
  /** True when the connector reads plain sockets with `receiveBytes`, so that all of them can share one read buffer. */
  readonly sharedReads: boolean
  /** Returns the proxy for a URL; undefined when there is none. */
  readonly proxyOf: (url: URL) => HttpProxy | undefined
  /** True when the client can send a proxy requests for `http:` URLs, so that it need not ask for a tunnel. */
  readonly forwards: boolean
  /** The addresses of this machine to connect from; left out when the system chooses. */
  readonly localAddresses?: readonly string[] | undefined
  /** The relay that leads the connections; left out when there is none. */
  readonly relay?: WireRelay | undefined
}

/**
 * Returns the header lines that a request to this URL needs for the HTTP proxy that forwards it, such as `proxy-authorization`. Returns '' when the
 * proxy needs none, and undefined when no proxy forwards requests to the URL.
 */
export function forwarding(url: URL, { unixSocket, proxyOf, forwards }: Reach): string | undefined {
  const proxy = forwards && unixSocket === undefined && url.protocol === 'http:' ? proxyOf(url) : undefined
  if (!proxy) return undefined
  return proxy.authorization === undefined ? '' : `proxy-authorization: ${proxy.authorization}\r\n`
}

/** Returns the settings to connect to the host of a URL. @throws LocalError when a file of the TLS settings cannot be used */
function dialPlan(url: URL, reach: Reach): DialPlan {
  const { dns, unixSocket, tls, sharedReads, proxyOf, forwards, relay, localAddresses } = reach
  const { protocol, port } = url
  const secure = protocol === 'https:'
  const proxy = unixSocket === undefined ? proxyOf(url) : undefined
  const tunnel = secure || !forwards
  return {
    host: hostOf(url),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    dns,
    tls: secure ? tls() : undefined,
    unixSocket,
    relay,
    localAddresses,
    proxy: proxy && { ...proxy, tunnel },
    sharedReads: sharedReads && !secure && !(proxy && tunnel),
  }
}

/**
 * Returns how to connect to a URL: host, port, DNS and TLS. When a file in the TLS settings cannot be used, it returns undefined and passes the
 * failure to the callback `failed`.
 */
export function planOrFailure(url: URL, reach: Reach, failed: (failure: Failure) => void): DialPlan | undefined {
  try {
    return dialPlan(url, reach)
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    failed({ class: 'local_files', phase: 'tls', message: error.message })
    return undefined
  }
}
