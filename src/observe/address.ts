/** Where a server usually tells of itself. */

/** Returns the address of the metrics of the server of `url`, by convention `/metrics`; undefined where that is not HTTP or WebSocket, or not known before the run. */
export function metricsAddress(url: string): string | undefined {
  const [, tls, place] = /^(?:http|ws)(s?):\/\/(?:[^/?#]*@)?([^/?#{}]+)(?:[/?#]|$)/i.exec(url) ?? []
  const address = `http${(tls ?? '').toLowerCase()}://${place}/metrics`
  return place !== undefined && URL.canParse(address) ? address : undefined
}
