/** HTTP/1.1: one request, one reply, over a connection that each user keeps. */
import { resolve } from 'node:path'
import { type Connection, defineConnector, type OpenContext } from './connector.ts'
import { prepareTls } from './dial.ts'
import { HttpConnection } from './http/connection.ts'
import { type HttpOptions, httpOptions, httpStep } from './http/options.ts'
import { messageRequest, stepRequest } from './http/request.ts'
import type { HttpRequest } from './http/transport.ts'

export type { HttpRequest } from './http/transport.ts'

/** The HTTP/1.1 connector. */
export const http = defineConnector({
  protocol: 'http',
  schemes: ['http:', 'https:'],
  options: httpOptions,
  request: httpStep,
  fromMessage: messageRequest,
  fromStep: stepRequest,
  open: (options: HttpOptions, context) => openHttp(options, context, false),
})

/**
 * Prepares a user's HTTP line; no network yet, the first request connects. `eventStreamOnly` refuses 2xx replies of another type.
 * @throws LocalError when a file of the `tls:` block cannot be used
 */
export async function openHttp(
  options: HttpOptions,
  context: OpenContext,
  eventStreamOnly: boolean,
): Promise<Connection<HttpRequest>> {
  const { address, baseDir, events, signal } = context
  const tls = () => prepareTls(address.tls, baseDir)
  if (URL.parse(address.url)?.protocol === 'https:') tls()
  const { attachUndici } = await import('./http/undici.ts')
  const connection = new HttpConnection({
    rules: { ...options, eventStreamOnly },
    keepAlive: options.keepAlive,
    single: options.connection === 'new',
    dns: options.dns ?? {},
    unixSocket: options.unixSocket === undefined ? undefined : resolve(baseDir, options.unixSocket),
    tls,
    events,
    attach: attachUndici,
  })
  if (signal.aborted) await connection.close()
  else signal.addEventListener('abort', () => void connection.close(), { once: true })
  return connection
}
