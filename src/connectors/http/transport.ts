/** The small face behind which an HTTP/1.1 client library hides: it gets a connected socket and carries one request at a time over it. */
import type { Socket } from 'node:net'
import type { Failure, Headers } from '../../exchange.ts'
import type { CookieKeeper } from '../wire/connector.ts'

/** One request as it goes on the wire. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** Why it cannot be sent, in words: it then fails as `local_request` and nothing reaches the network. */
  readonly problem?: string | undefined
  /** Who keeps the cookies that the replies set. */
  readonly cookies?: CookieKeeper | undefined
}

/** What a transport noticed about the end of a reply that was complete all the same. */
export type Oddity = 'unverified_end' | 'extra_bytes'

/** The life of one request, in order: sent → head → data* → end | failed. Or `unsent` alone. */
export interface LineEvents {
  /** About to be written to the socket, which is connected; `bytes` is the whole request. */
  sent(bytes: number): void
  /** The connection turned out to be gone before anything was written: safe to take another one. */
  unsent(): void
  /** The final status; informational ones (1xx) are swallowed. `setCookies` are the `Set-Cookie` headers, which cannot be joined. */
  head(status: number, headers: Headers, setCookies: readonly string[]): void
  /** `at` is when the socket delivered it, in ms: equal for all pieces of one delivery. */
  data(chunk: Uint8Array, at: number): void
  end(oddity: Oddity | undefined): void
  failed(failure: Failure): void
}

/** An HTTP/1.1 conversation over one socket. It never makes a second connection, so it can never send a request twice. */
export interface HttpLine {
  /** Whether another request may go over it. */
  readonly reusable: boolean
  /** `close` asks the server to end the connection after this reply. */
  request(request: HttpRequest, close: boolean, events: LineEvents): void
}

/** Starts a conversation over a connected socket of that origin. Destroying the socket ends it. */
export type Attach = (socket: Socket, origin: string) => HttpLine

/** Informational replies (1xx) to one request before it counts as an attack. */
export const MAX_HINTS = 100
