/** The interface to an HTTP/1.1 client library, which gets a connected socket and sends one request at a time over it. */
import type { Socket } from 'node:net'
import type { Failure, Headers } from '../../exchange.ts'
import type { CookieKeeper } from '../wire/connector.ts'

/** A safety margin in ms: burn stops using an idle connection this long before the time at which the server has announced to close it. */
export const HINT_MARGIN_MS = 500

/** One HTTP request that is ready to send. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  /** Headers; their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** Why the request cannot be sent; it then fails as `local_request` without using the network. Undefined when it can. */
  readonly problem?: string | undefined
  /** The cookies of the user; undefined when the user keeps none. */
  readonly cookies?: CookieKeeper | undefined
  /** The prepared head that this request shares with others; used only while method, URL and headers are those of the head. */
  readonly head?: SharedHead
}

/** The method, URL and headers that many HTTP requests have in common, with the bytes that are sent for them. */
export interface SharedHead {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** The request line and headers as bytes, without content-length, for a connection that is kept; undefined until they are first needed. */
  start: Buffer | undefined
  /** The request line, headers and the empty line as bytes, which is a whole request without a body; undefined until first needed. */
  bodiless: Buffer | undefined
}

/**
 * An irregularity of an HTTP reply that is complete all the same: `unverified_end` when only the closed connection marked its end, `extra_bytes`
 * when more bytes followed it.
 */
export type Oddity = 'unverified_end' | 'extra_bytes'

/**
 * The callbacks that report on one HTTP/1.1 request. Their order is `sent`, `head`, `data` for each piece of the body, and `end`. A failure can come
 * at any point; then `failed` is the last call. If the connection was lost before the request was written, `unsent` is the only call.
 */
export interface LineEvents {
  /** Called just before the request is written to the socket; `bytes` is its whole size. */
  sent(bytes: number): void
  /** Called when the connection was lost before anything was written, so that another one may be used. */
  unsent(): void
  /**
   * Called with the final status; informational replies (1xx) are skipped. `setCookies` are separate because they cannot be
   * joined; `at` is the monotonic ms of the delivery that completed the head.
   */
  head(status: number, headers: Headers, setCookies: readonly string[], at: number): void
  /**
   * Called with a piece of the body, whose memory may be used again after the call; `at` is the monotonic ms of its delivery, the same for
   * all pieces of one delivery.
   */
  data(chunk: Uint8Array, at: number): void
  end(oddity: Oddity | undefined): void
  failed(failure: Failure): void
}

/**
 * An HTTP/1.1 connection over one socket. When the socket is lost, it does not open another and send the request again, because a request that is
 * sent twice must be counted twice.
 */
export interface HttpLine {
  /** True when another request may be sent over this connection. */
  readonly reusable: boolean
  /** Sends a request. `close` asks the server to close the connection after the reply. */
  request(request: HttpRequest, close: boolean, events: LineEvents): void
}

/** A client library for HTTP/1.1, such as burn's own or undici. */
export interface HttpClient {
  /**
   * Starts HTTP/1.1 over a socket that is connected to the server `origin`; destroying the socket ends it. If the socket leads to a proxy that
   * forwards requests, `forwarding` holds the header lines for the proxy, and requests carry the whole URL; else it is undefined.
   */
  attach(socket: Socket, origin: string, forwarding: string | undefined): HttpLine
  /** True when `attach` supports an HTTP proxy that forwards requests. */
  readonly forwards: boolean
  /** True when the client reads with `receiveBytes`, so that all its sockets can share one read buffer. */
  readonly sharedReads: boolean
}

/** The largest number of informational replies (1xx) to one request; a reply with more fails. */
export const MAX_HINTS = 100
