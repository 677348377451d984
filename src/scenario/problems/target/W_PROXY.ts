import { allSchemes, connectorNamed, protocolOfAddress } from '../../../connectors/index.ts'
import { proxyVariable, readProxy } from '../../../connectors/wire/proxy.ts'
import { hostOf } from '../../../text/host.ts'
import { rule } from '../../lint/subject.ts'
import type { Environment } from '../../read/environment.ts'
import { writtenAddresses } from './E_URL.ts'

/**
 * The lint rule (of `burn validate`) that warns when the environment names a proxy for a target but burn connects directly, because it supports no
 * proxies for this protocol or no proxies of this kind.
 */
export const W_PROXY = rule('W_PROXY', (subject, report) => {
  for (const { path, address, wrong } of writtenAddresses(subject)) {
    const found = wrong ? undefined : unusedProxy(address, process.env)
    if (found === undefined) continue
    const { variable, host, why } = found
    const message = `${variable} is set, but ${why}: burn connects to ${host} by itself`
    report(path, 'value', message, `if that is right, add ${host} to NO_PROXY, or unset ${variable}`)
  }
})

/** A proxy of the environment that burn does not use for an address: the variable, the host of the address, and the reason. */
interface UnusedProxy {
  readonly variable: string
  readonly host: string
  readonly why: string
}

/**
 * Returns the proxy that an environment variable, such as `HTTPS_PROXY`, names for a target's address but burn cannot use, so that it connects
 * directly. Undefined when no proxy is set for this address (NO_PROXY and loopback addresses are exempt), or when burn uses it.
 */
export function unusedProxy(address: string, environment: Environment): UnusedProxy | undefined {
  const url = URL.parse(address)
  const variable = proxyVariable(address, allSchemes()[url?.protocol ?? '']?.proxies ?? [], environment)
  if (!url || variable === undefined) return undefined
  const host = hostOf(url)
  const protocol = protocolOfAddress(address) ?? ''
  if (!connectorNamed(protocol)?.proxy) return { variable, host, why: `proxies are not used for ${protocol}` }
  const isHttp = readProxy(environment[variable] ?? '') !== undefined
  return isHttp ? undefined : { variable, host, why: 'it does not name an HTTP proxy (http://host:port)' }
}
