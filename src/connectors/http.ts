/** HTTP/1.1: one request, one reply, over a connection that each user keeps. */
import { resolve } from 'node:path'
import { type Connection, defineConnector, type OpenContext } from './connector.ts'
import { prepareTls } from './dial.ts'
import { HttpConnection } from './http/connection.ts'
import type { Http2Pool } from './http/http2.ts'
import { type HttpFields, type HttpOptions, httpOptions, httpStep } from './http/options.ts'
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
  prepare: loadTransport,
  open: (options: HttpOptions, context) =>
    options.version === '2' ? openHttp2(options, context) : openHttp(options, context, false),
})

/** The library behind both HTTP connectors, loaded only by runs that use it. */
export function loadTransport(): Promise<typeof import('./http/undici.ts')> {
  return import('./http/undici.ts')
}

/**
 * Prepares a user's HTTP line; no network yet, the first request connects. `eventStreamOnly` refuses 2xx replies of another type.
 * @throws LocalError when a file of the `tls:` block cannot be used
 */
export async function openHttp(
  options: HttpFields,
  context: OpenContext,
  eventStreamOnly: boolean,
): Promise<Connection<HttpRequest>> {
  const { address, baseDir, events, signal } = context
  const tls = () => prepareTls(address.tls, baseDir)
  if (URL.parse(address.url)?.protocol === 'https:') tls()
  const { attachUndici } = await loadTransport()
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

/** Connections that users of one target share, for as long as there are any. */
const shared = new WeakMap<HttpOptions, { readonly pool: Http2Pool; users: number }>()

async function openHttp2(options: HttpOptions, context: OpenContext): Promise<Connection<HttpRequest>> {
  const { Http2Connection, Http2Pool } = await import('./http/http2.ts')
  const { address, baseDir, events, signal } = context
  const make = () =>
    new Http2Pool({
      dns: options.dns ?? {},
      unixSocket: options.unixSocket === undefined ? undefined : resolve(baseDir, options.unixSocket),
      tls: () => prepareTls(address.tls, baseDir),
      events,
      streams: options.streams ?? 1,
    })
  if (options.streams === undefined) {
    const pool = make()
    signal.addEventListener('abort', () => pool.close(), { once: true })
    return new Http2Connection(pool, () => pool.close())
  }
  const common = shared.get(options) ?? { pool: make(), users: 0 }
  shared.set(options, common)
  common.users += 1
  return new Http2Connection(common.pool, () => {
    common.users -= 1
    if (common.users > 0) return
    common.pool.close()
    shared.delete(options)
  })
}
