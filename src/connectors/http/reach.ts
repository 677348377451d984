/** Where a request's socket leads: what its URL and the settings of the target say together. */
import type { ConnectionOptions } from 'node:tls'
import { LocalError } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import type { DialPlan } from '../wire/dial.ts'
import type { DnsOptions } from '../wire/dns.ts'

/** What a target says about the way to it, the same for all of its connections. */
export interface Reach {
  readonly dns: DnsOptions
  readonly unixSocket: string | undefined
  /** TLS settings, read when first needed. @throws LocalError */
  readonly tls: () => ConnectionOptions
}

/** How to connect for a URL. @throws LocalError when a file of the TLS settings cannot be used */
function dialPlan({ protocol, hostname, port }: URL, { dns, unixSocket, tls }: Reach): DialPlan {
  const secure = protocol === 'https:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    dns,
    tls: secure ? tls() : undefined,
    unixSocket,
  }
}

/** The same, or undefined when `failed` was told what is wrong with a file of the TLS settings. */
export function planOrFault(url: URL, reach: Reach, failed: (failure: Failure) => void): DialPlan | undefined {
  try {
    return dialPlan(url, reach)
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    failed({ class: 'local_files', phase: 'tls', message: error.message })
    return undefined
  }
}
