/** An HTTP client that requests one address repeatedly, over a connection of its own. It does not follow redirects. */
import type { ConnectionOptions } from 'node:tls'
import type { Dispatcher } from 'undici'
import { after, nextTurn } from '../../clock.ts'
import { VERSION } from '../../version.ts'

type TlsField = 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'minVersion' | 'maxVersion' | 'rejectUnauthorized'

/** The headers, TLS settings and proxy for the requests that burn sends beside the load to a metrics endpoint or health check. */
export interface SideAccess {
  /** Headers that are sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Certificates and TLS versions, for an https address. */
  readonly tls?: Pick<ConnectionOptions, TlsField> | undefined
  /** An HTTP proxy, and the value of the header `proxy-authorization` for it. */
  readonly proxy?: { readonly url: string; readonly authorization: string | undefined } | undefined
}

/** The reply to a request that burn sends beside the load (for the metrics of a server, or a health check): the status, and the body as a stream. */
export interface SideAnswer {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

/** The largest number of bytes of an unread body that are received and discarded. A longer body ends the connection. */
const DUMPED = 64 * 1024

/** An HTTP client for one address that burn requests beside the load, such as the metrics endpoint of a server or a health check. */
export class SideClient {
  readonly url: string
  private readonly access: SideAccess
  /** The connections, made by `prepare` before the load begins; undefined before that. */
  private dispatcher: Dispatcher | undefined
  private request: typeof import('undici').request | undefined

  constructor(url: string, access: SideAccess) {
    this.url = url
    this.access = access
  }

  /** The address without its query, which may contain secrets. */
  get shownUrl(): string {
    const { origin, pathname } = new URL(this.url)
    return `${origin}${pathname}`
  }

  /** Loads the HTTP library, so that the first request does not have to wait for it. */
  async prepare(): Promise<void> {
    if (this.dispatcher) return
    const { Agent, ProxyAgent, request } = await import('undici')
    const { proxy, tls = {} } = this.access
    const limits = { connections: 1, pipelining: 1 }
    const token = proxy?.authorization === undefined ? {} : { token: proxy.authorization }
    this.dispatcher = proxy
      ? new ProxyAgent({ ...limits, uri: proxy.url, requestTls: tls, ...token })
      : new Agent({ ...limits, connect: tls })
    this.request = request
  }

  /**
   * Makes one request; `read` gets the answer and need not read its body. `headers` are sent beside those of the settings. @throws Error when the
   * answer and its body do not come within `timeoutMs`, when `cancelled` is aborted, or when `read` throws
   */
  async ask<T>(
    timeoutMs: number,
    headers: Readonly<Record<string, string>>,
    read: (answer: SideAnswer) => Promise<T>,
    cancelled?: AbortSignal,
  ): Promise<T> {
    await this.prepare()
    const late = new AbortController()
    const expire = () => late.abort(new Error(`no answer within ${timeoutMs} ms`))
    // After a stall of burn's own, an answer that came in time may still be unread: timers run before sockets are read, the next turn after.
    const endTimeout = after(timeoutMs, () => nextTurn(expire))
    const cancel = () => late.abort(cancelled?.reason)
    if (cancelled?.aborted) cancel()
    cancelled?.addEventListener('abort', cancel)
    try {
      if (!this.dispatcher || !this.request) throw new Error('it was never begun')
      const { statusCode: status, body } = await this.request(this.url, {
        dispatcher: this.dispatcher,
        signal: late.signal,
        headers: { 'user-agent': `burn/${VERSION}`, ...headers, ...this.access.headers },
      })
      try {
        return await read({ status, body: body as AsyncIterable<Uint8Array> })
      } finally {
        // An unread rest of the body would block the connection for the next request.
        if (!body.readableEnded && !body.destroyed) await body.dump({ limit: DUMPED }).catch(() => {})
      }
    } finally {
      cancelled?.removeEventListener('abort', cancel)
      endTimeout()
    }
  }

  async close(): Promise<void> {
    await this.dispatcher?.destroy()
  }
}
