import { proxyAddress, proxyFromEnvironment, readProxy } from '../../connectors/wire/proxy.ts'
import { tlsConnectOptions } from '../../connectors/wire/tls.ts'
import type { WrittenAccess } from '../../observe/asking/access.ts'
import type { SideAccess } from '../../observe/asking/client.ts'

/**
 * Returns the headers, TLS settings and proxy for requests that are not part of the load, such as for the metrics of a server. The options have the
 * same form as those of a target; relative file paths start at `baseDir`.
 * @throws LocalError when a file cannot be read
 */
export function sideAccess(url: string, { headers = {}, tls = {}, proxy }: WrittenAccess, baseDir: string): SideAccess {
  const names = /^https/i.test(url) ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  const through = proxy === undefined ? proxyFromEnvironment(url, names, process.env) : readProxy(proxy)
  return {
    headers,
    tls: tlsConnectOptions(tls, baseDir),
    ...(through === undefined ? {} : { proxy: { url: proxyAddress(through), authorization: through.authorization } }),
  }
}
