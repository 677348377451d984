/** HTTP proxies: finds the proxy for an address in the options of a target or in the environment variables. */
import { isIP } from 'node:net'
import { unescape as percentDecoded } from 'node:querystring'
import { hostOf } from '../../text/host.ts'

/** An HTTP proxy: its host and port, and the credentials for it. */
export interface HttpProxy {
  readonly host: string
  readonly port: number
  /** Value of the header `proxy-authorization`; undefined without credentials. */
  readonly authorization: string | undefined
}

/** The names of environment variables that set a proxy for all addresses. */
const FOR_ALL = ['all_proxy', 'ALL_PROXY']

/** Returns the proxy at an address such as `http://user:password@host:3128` or `host:3128`; undefined when that is no HTTP proxy. */
export function readProxy(address: string): HttpProxy | undefined {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `http://${address}`)
  if (url?.protocol !== 'http:' || url.hostname === '' || !/^\/?$/.test(url.pathname)) return undefined
  const pair = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`
  return {
    host: hostOf(url),
    port: url.port === '' ? 80 : Number(url.port),
    authorization: url.username === '' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`,
  }
}

/** Returns the address of a proxy without its credentials. */
export function proxyAddress({ host, port }: HttpProxy): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

/**
 * Returns the password in the address of a proxy, in all forms in which it might be printed, so that outputs can mask it; an empty list
 * without one.
 */
export function proxySecrets(address: string): readonly string[] {
  const password = URL.parse(address)?.password ?? ''
  const { authorization } = readProxy(address) ?? {}
  return password === '' ? [] : [password, percentDecoded(password), authorization?.replace('Basic ', '') ?? '']
}

/**
 * Returns the name of the environment variable that sets a proxy for an address. `names` are the variables for the URL scheme of the address; those
 * for all schemes (`all_proxy`, `ALL_PROXY`) are looked at after them. Undefined when none is set, when NO_PROXY exempts the address, or when it is a
 * loopback address.
 */
export function proxyVariable(
  address: string,
  names: readonly string[],
  environment: Readonly<NodeJS.Dict<string>>,
): string | undefined {
  const url = URL.parse(address)
  const variable = [...names, ...FOR_ALL].find((name) => environment[name])
  if (!url || variable === undefined) return undefined
  const exempt = environment.no_proxy ?? environment.NO_PROXY ?? ''
  const host = hostOf(url)
  return isLoopback(host) || isExempt(host, url.port, exempt) ? undefined : variable
}

/** Returns the HTTP proxy that the environment variables set for an address; undefined without one. */
export function proxyFromEnvironment(
  address: string,
  names: readonly string[],
  environment: Readonly<NodeJS.Dict<string>>,
): HttpProxy | undefined {
  const variable = proxyVariable(address, names, environment)
  return variable === undefined ? undefined : readProxy(environment[variable] ?? '')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * True when `list`, the value of NO_PROXY, exempts a host. It holds `*`, or domain names that include their subdomains, each with or without a port,
 * separated by commas or spaces.
 */
function isExempt(host: string, port: string, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', ownPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry.replace(/^\*?\./, '').toLowerCase()) ?? []
    if (name === '' || (ownPort !== undefined && ownPort !== port)) return false
    return host === name || host.endsWith(`.${name}`)
  })
}
