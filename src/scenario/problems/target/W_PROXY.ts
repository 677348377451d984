import { isIP } from 'node:net'
import { allSchemes } from '../../../connectors/index.ts'
import { rule } from '../../lint/subject.ts'
import type { Environment } from '../../read/environment.ts'
import { writtenAddresses } from './E_URL.ts'

/** Variables that name a proxy for all addresses. */
const FOR_ALL = ['all_proxy', 'ALL_PROXY']

/** Returns which proxy the environment variables name for an address: the name of the variable, and the host of the address. Undefined without a proxy. */
export function proxyFor(address: string, environment: Environment): { variable: string; host: string } | undefined {
  const url = URL.parse(address)
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const variable = url && [...(allSchemes()[url.protocol]?.proxies ?? []), ...FOR_ALL].find((name) => environment[name])
  const exempt = environment.no_proxy ?? environment.NO_PROXY ?? ''
  return !variable || isLoopback(host) || isExempt(host, url.port, exempt) ? undefined : { variable, host }
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

/** The rule that warns of a proxy named in the environment: burn does not use it, but connects to the target directly. */
export const W_PROXY = rule('W_PROXY', (subject, report) => {
  for (const { path, address, wrong } of writtenAddresses(subject)) {
    const found = wrong ? undefined : proxyFor(address, process.env)
    if (found === undefined) continue
    const { variable, host } = found
    const message = `${variable} is set, but burn does not use proxies yet: it connects to ${host} by itself`
    report(path, 'value', message, `if that is right, add ${host} to NO_PROXY, or unset ${variable}`)
  }
})
