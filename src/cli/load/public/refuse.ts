/** Refuses a large load on a public address unless the user has allowed it, because a typo in an address must not hit strangers. */
import type { DnsOptions } from '../../../connectors/wire/dns.ts'
import { resolveHost } from '../../../connectors/wire/dns.ts'
import { UsageError } from '../../../errors.ts'
import type { Plan, PlannedTarget } from '../../../scenario/compile/plan.ts'
import { hostOf } from '../../../text/host.ts'
import { isPublicAddress, LARGE_LOAD, largeLoad } from '../../../text/public-host.ts'
import type { LoadedScenario } from '../load-scenario.ts'
import type { RunFlags } from '../run-flags.ts'
import { allowsHost } from './allow-list.ts'

/** A host on the public internet to which load would be sent, and why it counts as public. */
interface PublicHost {
  readonly host: string
  readonly why: string
}

/**
 * Checks that no scenario sends a large load to a public address that the flags do not allow; looks up the addresses of host names for this.
 * Loopback, private, link-local and unique-local addresses, Unix sockets and the mock need no permission.
 * @throws UsageError that says how to allow the host
 */
export async function refusePublic(loaded: readonly LoadedScenario[], { yes, allow = [] }: RunFlags): Promise<void> {
  const isAllowed = allowsHost(allow)
  if (yes) return
  for (const { plan } of loaded) {
    const size = sizeOf(plan)
    if (size === undefined) continue
    const found = await Promise.all(plan.targets.map((target) => publicHostOf(target, isAllowed)))
    const hosts = found.flatMap((one) => one ?? [])
    if (hosts.length > 0) throw refusal(hosts, size)
  }
}

/** Describes the size of the first phase whose load is large; undefined when no phase has a large load. */
function sizeOf({ phases }: Plan): string | undefined {
  const sizes = phases.map(({ load }) => {
    if (load.model === 'open') return largeLoad(0, load.peakPerSecond)
    return largeLoad(load.maxUsers, load.maxUsers * (load.pacePerSecond ?? 0))
  })
  return sizes.find((size) => size !== undefined)
}

function refusal(found: readonly PublicHost[], size: string): UsageError {
  const hosts = [...new Set(found.map(({ host }) => host))]
  const named = [...new Set(found.map(({ host, why }) => `${host} (${why})`))].join(', ')
  const names = hosts.filter((host) => !host.includes('{{')).join(',')
  const list =
    names === ''
      ? ''
      : `; for good: --allow ${names}, or BURN_ALLOW=${names} in the environment, as of a CI job, or in burn.config.yaml allow: [${names
          .split(',')
          .map((name) => JSON.stringify(name))
          .join(', ')}]`
  return new UsageError(
    `${named}: a load of ${size} on a public address has to be allowed (above ${LARGE_LOAD} users or ${LARGE_LOAD} iterations per second)`,
    `if you may load it: --yes for this run${list}`,
  )
}

/** Returns the public host to which a target sends; undefined when the host is not public, or is allowed. */
async function publicHostOf(target: PlannedTarget, isAllowed: (host: string) => boolean): Promise<PublicHost | undefined> {
  // The cast is safe: these keys have the same meaning in every protocol's options.
  const { unixSocket, dns = {} } = (target.options ?? {}) as { dns?: DnsOptions; unixSocket?: string }
  if (target.mock !== undefined || unixSocket !== undefined) return undefined
  const address = target.url.static ? target.url.render({}) : target.url.source
  const [, authority = ''] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(address) ?? []
  if (authority.includes('{{')) return { host: authority, why: 'known only during the run' }
  const url = URL.parse(address.replace(/\{\{.*?\}\}/g, 'x'))
  if (!url || isAllowed(hostOf(url))) return undefined
  const host = hostOf(url)
  const addresses = await addressesOf(host, dns)
  // A name that cannot be looked up here may be known to the proxy. Without a proxy, nothing can be sent to it.
  if (addresses === undefined && target.connector.proxy?.(target.options, url.href)) return { host, why: 'known to the proxy' }
  const ip = addresses?.find(isPublicAddress)
  return ip === undefined ? undefined : { host, why: ip === host ? 'a public address' : ip }
}

/** Looks up the addresses of a host; undefined when it has none. */
function addressesOf(host: string, dns: DnsOptions): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => resolveHost(host, dns, (error, addresses) => resolve(error ? undefined : addresses)))
}
