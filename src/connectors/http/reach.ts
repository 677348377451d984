import type { ConnectionOptions } from 'node:tls'
import { LocalError } from '../../errors.ts'
import type { Failure } from '../../exchange.ts'
import type { DialPlan } from '../wire/dial.ts'
import type { DnsOptions } from '../wire/dns.ts'

/** The settings of a target that say how to connect to it, such as DNS and TLS. */
export interface Reach {
  readonly dns: DnsOptions
  readonly unixSocket: string | undefined
  /** Returns the TLS settings, whose files are read at the first call. @throws LocalError when a file cannot be used */
  readonly tls: () => ConnectionOptions
  /** True when plain sockets may read into shared memory, because their bytes are taken by `receiveBytes`. */
  readonly sharedReads: boolean
}

/** The plan to connect for a URL. @throws LocalError when a file of the TLS settings cannot be used */
function dialPlan({ protocol, hostname, port }: URL, { dns, unixSocket, tls, sharedReads }: Reach): DialPlan {
  const secure = protocol === 'https:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    dns,
    tls: secure ? tls() : undefined,
    unixSocket,
    sharedReads: sharedReads && !secure,
  }
}

/** Returns how to connect to a URL: host, port, DNS and TLS. If a file in the TLS settings cannot be used, calls `failed` and returns undefined. */
export function planOrFailure(url: URL, reach: Reach, failed: (failure: Failure) => void): DialPlan | undefined {
  try {
    return dialPlan(url, reach)
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    failed({ class: 'local_files', phase: 'tls', message: error.message })
    return undefined
  }
}
