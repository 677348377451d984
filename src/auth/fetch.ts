import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import { statusText } from '../text/http-status.ts'
import { jsonIn } from '../text/json.ts'
import { formatMs } from '../text/units.ts'
import { type AuthContext, AuthError } from './scheme.ts'

const MAX_REPLY_BYTES = 1024 * 1024
/** The largest number of requests at the same time: a thousand users that log in at once must not flood a login server that is not under test. */
const MAX_AT_ONCE = 64
/** The largest number of characters of a reply that a message shows. */
const MAX_SHOWN = 200
const DEFAULT_TIMEOUT_MS = 10_000

/** An HTTP request to a login or token server; header names are in lower case. */
export interface TokenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The HTTP reply of a login or token server: status, headers and body. */
export interface TokenReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Address of the request without its query, for messages about the reply. */
  readonly place: string
}

/** Sends HTTP requests to login and token servers. These requests are not part of the measurement. */
export interface TokenClient {
  /** Resolves with the reply, whatever its status. Rejects with AuthError when it is not complete within `timeoutMs` (default 10 s). */
  send(request: TokenRequest, timeoutMs?: number): Promise<TokenReply>
  /** Closes the connections to login and token servers. */
  close(): Promise<void>
}

/** Returns the client that sends requests to login and token servers. The HTTP library is loaded by the first request. */
export function tokenClient(context: AuthContext): TokenClient {
  const limit = pLimit(MAX_AT_ONCE)
  let agent: Promise<Dispatcher> | undefined
  return {
    send(request, timeoutMs = DEFAULT_TIMEOUT_MS) {
      agent ??= makeAgent(context)
      const using = agent
      return limit(async () => exchange(await using, request, timeoutMs, context))
    },
    close: async () => (await agent)?.destroy(),
  }
}

async function makeAgent({ tls }: AuthContext): Promise<Dispatcher> {
  const { Agent } = await import('undici')
  // No connection is kept open: on a stale one undici would send a request twice, and tokens are fetched seldom.
  return new Agent({ pipelining: 0, connect: { ...tls } })
}

async function exchange(agent: Dispatcher, request: TokenRequest, timeoutMs: number, context: AuthContext): Promise<TokenReply> {
  const url = addressOf(request.url, context)
  const place = url.origin + url.pathname
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const reply = await agent.request({
      method: request.method as Dispatcher.HttpMethod, // undici takes any method; its type names the usual ones
      origin: url.origin,
      path: url.pathname + url.search,
      headers: request.headers,
      body: request.body ?? null,
      signal: context.signal ? AbortSignal.any([timeout, context.signal]) : timeout,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return { status: reply.statusCode, headers: reply.headers, body: await read(reply.body, place), place }
  } catch (error) {
    if (error instanceof AuthError) throw error
    const message = timeout.aborted ? `no whole answer within ${formatMs(timeoutMs)}` : reasonOf(error)
    throw new AuthError(`no token from ${place}: ${message}`, { cause: error, mayPass: !timeout.aborted })
  }
}

function addressOf(written: string, { resolveUrl }: AuthContext): URL {
  const text = resolveUrl ? resolveUrl(written) : written
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new AuthError(`"${text.slice(0, MAX_SHOWN)}" is no http or https address to get a token from`)
}

async function read(body: AsyncIterable<Buffer>, place: string): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    if (length > MAX_REPLY_BYTES) throw new AuthError(`the answer of ${place} is larger than ${MAX_REPLY_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as NodeJS.ErrnoException).code
  return error.message || code || error.name
}

/**
 * Returns the error for a login or token server's reply with an error status. Its message states the status and up to 200 characters of the error
 * text in the reply.
 */
export function refusal({ status, body, place }: TokenReply): AuthError {
  const words = errorWords(body)
  const shown = words === undefined ? '' : `: ${words.slice(0, MAX_SHOWN)}`
  return new AuthError(`${place} answered ${statusText(status)}${shown}`, { mayPass: status >= 500 || status === 429 })
}

/**
 * Returns the error text of a JSON reply, from `error` and `error_description` (RFC 6749, section 5.2) or from `message`; undefined when there is
 * none.
 */
function errorWords(body: string): string | undefined {
  const json = jsonIn(body)
  if (typeof json !== 'object' || json === null) return undefined
  const { error, error_description: description, message } = json as Record<string, unknown>
  const words = [error, description, message].filter((word) => typeof word === 'string')
  return words.length > 0 ? words.join(': ') : undefined
}
