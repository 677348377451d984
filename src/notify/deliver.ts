/** Posts a message to its webhook, and again after growing waits until it is accepted. */
import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, EnvHttpProxyAgent, request } from 'undici'
import { after, now, wallNow } from '../clock.ts'
import { hostOf } from '../text/host.ts'
import { isPublicAddress } from '../text/public-host.ts'
import { VERSION } from '../version.ts'
import { usualRetry, type Webhook } from './schema.ts'
import { signatureHeaders } from './signature.ts'

/** A message for a webhook as it is posted: its id, the name of its event, and its body as JSON text. */
export interface PostedMessage {
  /** The same for every try to deliver the message, so that a receiver can recognise one that it already has. */
  readonly id: string
  readonly event: string
  readonly body: string
}

/** One try to post a message to its webhook, and how it ended. */
export interface DeliveryTry {
  /** Number of the try, from 1. */
  readonly attempt: number
  /** When the try began, in ms since 1970. */
  readonly at: number
  readonly durationMs: number
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null
  /** Why the message was not accepted, at most 200 characters, untrusted; null when it was. */
  readonly error: string | null
}

/** What delivering takes from whoever asks for it. */
interface DeliveryOptions {
  /** Ends tries and waits. */
  readonly signal: AbortSignal
  /** Called after each try. */
  readonly onTry: (tried: DeliveryTry) => void
}

const MAX_ERROR = 200
/** Longest wait that a receiver may ask for with Retry-After, in ms. */
const MAX_RETRY_AFTER_MS = 60_000
/** Answers that no further try changes, other than 408, 425 and 429: RFC 9110, section 15.5. Redirects are not followed. */
const isFinal = (status: number) => status >= 300 && status < 500 && ![408, 425, 429].includes(status)

/**
 * Posts one message to its webhook, and again after growing waits as the webhook's `retry` says. Resolves with true when it was accepted
 * (2xx), else false. Never rejects.
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

interface Answer {
  readonly status: number | null
  readonly error: string | null
  readonly retryAfterMs: number
  /** True when burn itself does not send to this address, which no further try changes. */
  readonly isRefusal: boolean
}

async function post(webhook: Webhook, { id, body }: PostedMessage, signal: AbortSignal): Promise<Answer> {
  // Behind a proxy it is the proxy that looks names up, and says what may be reached; what goes past it (NO_PROXY) is looked up here.
  const options = { connect: connectOf(webhook) }
  const dispatcher = PROXIES.some((name) => process.env[name]) ? new EnvHttpProxyAgent(options) : new Agent(options)
  try {
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
    const text = isTaken ? '' : await firstOf(reply)
    await reply.dump({ limit: 64 * 1024 }).catch(() => {})
    const error = isTaken ? null : `status ${status}${text === '' ? '' : `: ${text}`}`
    return { status, error, retryAfterMs: retryAfterMs(headers['retry-after']), isRefusal: false }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    const words = isTimeout ? 'no answer in time' : error instanceof Error ? error.message : String(error)
    return { status: null, error: words, retryAfterMs: 0, isRefusal: error instanceof PrivateAddressError }
  } finally {
    await dispatcher.destroy().catch(() => {})
  }
}

/** Headers with their names in small letters, so that one is not sent beside another of its name. */
const lowercased = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Returns the beginning of the body of an answer, which mostly says why a message was refused; '' for an empty body. Untrusted. */
export async function firstOf(reply: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const chunk of reply) return new TextDecoder().decode(chunk.subarray(0, MAX_ERROR * 4)).trim()
  return ''
}

/** Retry-After in seconds, which is all that receivers of webhooks send; a date counts as nothing. */
function retryAfterMs(value: string | string[] | undefined): number {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS)
}

/** Thrown for a name that means a private address, so that an address in a shared scenario reaches nothing within this network. */
class PrivateAddressError extends Error {}

/** Variables that name a proxy. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'] as const

/** Looks names up, and refuses private addresses unless the scenario names one. What was looked up is what is connected to. */
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

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = after(ms, end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
