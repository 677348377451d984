/** Finds the address at which a server usually has its metrics. */

/**
 * Returns the address at which the server of `url` usually offers its metrics, with the path `/metrics`; undefined when `url` is not HTTP or
 * WebSocket, or has a template in its host or port.
 */
export function metricsAddress(url: string): string | undefined {
  const [, tls, place] = /^(?:http|ws)(s?):\/\/(?:[^/?#]*@)?([^/?#{}]+)(?:[/?#]|$)/i.exec(url) ?? []
  const address = `http${(tls ?? '').toLowerCase()}://${place}/metrics`
  return place !== undefined && URL.canParse(address) ? address : undefined
}
