/** Posts a message to its webhook, and repeats this after growing waits until the receiver accepts it. */
import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, EnvHttpProxyAgent, request } from 'undici'
import { now, waitFor, wallNow } from '../clock.ts'
import { hostOf } from '../text/host.ts'
import { isPublicAddress } from '../text/public-host.ts'
import { VERSION } from '../version.ts'
import { usualRetry, type Webhook } from './schema.ts'
import { signatureHeaders } from './signature.ts'

/** A message to a webhook in the form in which it is posted: its id, the name of its event, and its body as JSON text. */
export interface PostedMessage {
  /** The id of the message. It is the same in every try to deliver it, so that a receiver can recognise a message that it already has. */
  readonly id: string
  readonly event: string
  readonly body: string
}

/** One attempt to post a message to a webhook: when it began, how long it took, and how it ended. */
export interface DeliveryTry {
  /** Number of the try, from 1. */
  readonly attempt: number
  /** The time at which the try began, in ms since 1970. */
  readonly at: number
  readonly durationMs: number
  /** HTTP status of the receiver's answer; null when there was no answer. */
  readonly status: number | null
  /** Why the message was not accepted: at most 200 characters, which may be untrusted text of the receiver. Null when the message was accepted. */
  readonly error: string | null
}

/** Options for delivering a message to a webhook. */
interface DeliveryOptions {
  /** When aborted, ends the delivery: the current try, or the wait before the next one. */
  readonly signal: AbortSignal
  /** Called after each try to post the message. */
  readonly onTry: (tried: DeliveryTry) => void
}

const MAX_ERROR = 200
/** The longest wait before the next try that a receiver can ask for by the header Retry-After, in ms. */
const MAX_RETRY_AFTER_MS = 60_000
/** True for an HTTP status after which no further try is made: redirects, and client errors except 408, 425 and 429 (RFC 9110, section 15.5). */
const isFinal = (status: number) => status >= 300 && status < 500 && ![408, 425, 429].includes(status)

/**
 * Posts one message to its webhook. When that fails, it tries again after growing waits, as the webhook's `retry` says; the header Retry-After can
 * make a wait longer, up to 60 s. It does not try again after a redirect or a refusal such as 404, when the host has a private address that the
 * webhook does not allow, or when `signal` is aborted. Resolves with true when the receiver accepted the message (2xx), else with false. Never
 * rejects.
 */
export async function deliver(webhook: Webhook, message: PostedMessage, { signal, onTry }: DeliveryOptions): Promise<boolean> {
  const retry = webhook.retry ?? usualRetry()
  for (let attempt = 1; ; attempt += 1) {
    const [startedAt, startedWall] = [now(), Math.round(wallNow())]
    const answer = await post(webhook, message, AbortSignal.any([signal, AbortSignal.timeout(retry.timeout)]))
    const { status, error, retryAfterMs } = answer
    onTry({
      attempt,
      at: startedWall,
      durationMs: Math.round(now() - startedAt),
      status,
      error:
        signal.aborted && error !== null
          ? 'given up: there was no time left'
          : (error?.replace(/\s+/g, ' ').slice(0, MAX_ERROR) ?? null),
    })
    if (error === null) return true
    if (attempt >= retry.attempts || signal.aborted || (status !== null && isFinal(status)) || answer.isRefusal) return false
    await waitFor(Math.max(retry.delay * retry.factor ** (attempt - 1), retryAfterMs), signal)
    if (signal.aborted) return false
  }
}

interface DeliveryOutcome {
  readonly status: number | null
  readonly error: string | null
  readonly retryAfterMs: number
  /** True when burn itself refuses to send to this address, so that further tries are useless. */
  readonly isRefusal: boolean
}

async function post(webhook: Webhook, { id, body }: PostedMessage, signal: AbortSignal): Promise<DeliveryOutcome> {
  let dispatcher: Agent | EnvHttpProxyAgent | undefined
  try {
    // With a proxy, the proxy looks up names and decides which addresses may be reached. Hosts in NO_PROXY are looked up here.
    const options = { connect: connectOf(webhook) }
    // Throws for a proxy whose address is no URL.
    dispatcher = PROXIES.some((name) => process.env[name]) ? new EnvHttpProxyAgent(options) : new Agent(options)
    const {
      statusCode: status,
      headers,
      body: reply,
    } = await request(webhook.url, {
      method: 'POST',
      dispatcher,
      signal,
      body,
      headers: {
        'user-agent': `burn/${VERSION}`,
        ...lowercased(webhook.headers),
        'content-type': 'application/json',
        ...signatureHeaders({ id, timestamp: Math.floor(wallNow() / 1000), body }, webhook.secret),
      },
    })
    const isTaken = status >= 200 && status < 300
    const text = isTaken ? '' : (redirectText(status, headers.location) ?? (await firstOf(reply)))
    await reply.dump({ limit: 64 * 1024 }).catch(() => {})
    const error = isTaken ? null : `status ${status}${text === '' ? '' : `: ${text}`}`
    return { status, error, retryAfterMs: retryAfterMs(headers['retry-after']), isRefusal: false }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    const words = isTimeout ? 'no answer in time' : error instanceof Error ? error.message : String(error)
    return { status: null, error: words, retryAfterMs: 0, isRefusal: error instanceof PrivateAddressError }
  } finally {
    await dispatcher?.destroy().catch(() => {})
  }
}

/**
 * Describes a redirect with the origin that it leads to. Path and query are left out, because they may contain a secret. Undefined for other answers.
 */
function redirectText(status: number, location: string | string[] | undefined): string | undefined {
  if (status < 300 || status > 399) return undefined
  const to = typeof location === 'string' && URL.canParse(location) ? ` to ${new URL(location).origin}` : ''
  return `a redirect${to}, and redirects are not followed`
}

/** Returns headers with lower-case names, so that none is sent twice in different spellings. */
const lowercased = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/**
 * Returns the beginning of the body with which a webhook's receiver answered, which usually says why the message was refused; '' for an empty body.
 * The text is untrusted.
 */
async function firstOf(reply: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const chunk of reply) return new TextDecoder().decode(chunk.subarray(0, MAX_ERROR * 4)).trim()
  return ''
}

/** Returns the wait that the header Retry-After asks for, in ms. 0 without the header, or when it holds a date instead of seconds. */
function retryAfterMs(value: string | string[] | undefined): number {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS)
}

/**
 * Thrown when a host name of a webhook resolves to a private address, so that a shared scenario cannot reach services within the network of its user.
 */
class PrivateAddressError extends Error {}

/** The environment variables that may name a proxy. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const

/**
 * Returns connect options that refuse host names with a private address, unless the webhook allows them. The address that was checked is also the one
 * that is connected to.
 */
function connectOf({ url, private: isAllowed }: Webhook): { lookup?: LookupFunction } {
  const host = hostOf(new URL(url))
  if (host === 'localhost' || isIP(host) !== 0) return {}
  const guarded: LookupFunction = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return done(error, '')
      const inside = isAllowed ? undefined : addresses.find(({ address }) => !isPublicAddress(address))
      if (inside)
        return done(
          new PrivateAddressError(`${name} means the private address ${inside.address}: write private: true if that is right`),
          '',
        )
      const [first] = addresses
      return options.all ? done(null, addresses) : done(null, first?.address ?? '', first?.family)
    })
  return { lookup: guarded }
}
