/** Variables of the environment by which most programs find a proxy. burn goes straight to its targets, and must say so. */
import { isIP } from 'node:net'
import { allSchemes } from '../../connectors/index.ts'
import type { Environment } from '../read/environment.ts'
import { type Finding, findingAt } from '../read/source/finding.ts'

/** For all addresses. */
const OTHERS = ['all_proxy', 'ALL_PROXY']

/** Returns a warning when `environment` names a proxy for this address, which burn does not use; empty for addresses of this machine. */
export function proxyFindings(address: string, environment: Environment = process.env): Finding[] {
  const url = URL.parse(address)
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const variable = url && [...(allSchemes()[url.protocol]?.proxies ?? []), ...OTHERS].find((name) => environment[name])
  if (!variable || isLoopback(host) || isExempt(host, url.port, environment.no_proxy ?? environment.NO_PROXY ?? '')) return []
  const message = `${variable} is set, but burn does not use proxies yet: it connects to ${host} by itself`
  const hint = `if that is right, add ${host} to NO_PROXY, or unset ${variable}`
  return [findingAt('W_PROXY', ['url'], 'value', message, hint)]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** `*`, or names with what is below them, each with a port or without; separated by commas or spaces. */
function isExempt(host: string, port: string, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', ownPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry.replace(/^\*?\./, '').toLowerCase()) ?? []
    if (name === '' || (ownPort !== undefined && ownPort !== port)) return false
    return host === name || host.endsWith(`.${name}`)
  })
}
