import type { Headers } from '../../exchange.ts'
import { parseDuration } from '../../text/units.ts'
import { asArray, asObject, asString } from './json.ts'

/** The largest length in characters of the `RateLimit` headers that are read, because the time for them grows with its square. */
const MAX_FIELD = 1000

/**
 * The rate limits that the headers of one reply report, such as the number of requests that remain; null for a limit that is not reported. Durations
 * are in ms from the arrival of the reply.
 */
export type RateLimits = Readonly<ReturnType<typeof readRateLimits>>

/**
 * Returns the rate limits in the headers of a reply, as OpenAI, Azure, Anthropic and all versions of the IETF draft send them. A limit that resets at
 * a point in time is given as the time until then, in ms from `nowEpochMs` (the present time in ms since 1970).
 */
export function readRateLimits(headers: Headers, nowEpochMs: number) {
  const at = (name: string): string | undefined => headers[name]
  const openai = (part: string, of: string): string | undefined => at(`x-ratelimit-${part}-${of}`)
  const anthropic = (of: string, part: string): string | undefined => at(`anthropic-ratelimit-${of}-${part}`)
  const field = readField(at('ratelimit'), at('ratelimit-policy'))
  const plain = (part: 'limit' | 'remaining' | 'reset'): string | undefined =>
    at(`x-ratelimit-${part}`) ?? at(`ratelimit-${part}`) ?? field[part]
  const count = (of: string, part: string): number | null => readCount(openai(part, of) ?? anthropic(of, part))
  const reset = (of: string): number | null => readMoment(openai('reset', of) ?? anthropic(of, 'reset'), nowEpochMs)
  return {
    limitRequests: count('requests', 'limit') ?? readCount(plain('limit')),
    remainingRequests: count('requests', 'remaining') ?? readCount(plain('remaining')),
    resetRequestsMs: reset('requests') ?? readMoment(plain('reset'), nowEpochMs),
    limitTokens: count('tokens', 'limit'),
    remainingTokens: count('tokens', 'remaining'),
    resetTokensMs: reset('tokens'),
    limitInputTokens: count('input-tokens', 'limit'),
    remainingInputTokens: count('input-tokens', 'remaining'),
    resetInputTokensMs: reset('input-tokens'),
    limitOutputTokens: count('output-tokens', 'limit'),
    remainingOutputTokens: count('output-tokens', 'remaining'),
    resetOutputTokensMs: reset('output-tokens'),
    /** The wait in ms before the next request that the target asks for; null when it asks for none. */
    retryAfterMs: readCount(at('retry-after-ms')) ?? readMoment(at('retry-after'), nowEpochMs),
  }
}

/**
 * Reads the `RateLimit` headers of the IETF draft: `RateLimit: "burst";r=0;t=1` with `RateLimit-Policy: "burst";q=5;w=60`, or the older form
 * `limit=5, remaining=0, reset=1`. Of several policies, the one with the fewest remaining requests counts.
 */
function readField(text = '', policy = ''): Readonly<Partial<Record<'limit' | 'remaining' | 'reset', string>>> {
  if (text === '' || text.length + policy.length > MAX_FIELD) return {}
  const { limit, remaining, reset } = parametersOf(text.replaceAll(',', ';'))
  if (remaining !== undefined) return { ...(limit && { limit }), remaining, ...(reset && { reset }) }
  const [least] = itemsIn(text).toSorted((a, b) => Number(a.given.r ?? Infinity) - Number(b.given.r ?? Infinity))
  const q = itemsIn(policy).find(({ name }) => name === least?.name)?.given.q
  const { r, t } = least?.given ?? {}
  return { ...(q && { limit: q }), ...(r && { remaining: r }), ...(t && { reset: t }) }
}

/** Returns the items of a structured-field list (RFC 9651): each is a quoted name with parameters. */
function itemsIn(text: string): { readonly name: string; readonly given: Readonly<Record<string, string>> }[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"([^",]*)/g)].map(([, name = '', rest = '']) => ({
    name,
    given: parametersOf(rest),
  }))
}

/** Returns the parameters with whole numbers in a text such as `;r=0;t=1`, by name. */
function parametersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(?:^|;)\s*(\w+)\s*=\s*(\d+)\s*(?=;|$)/g)].map(([, key = '', value = '']) => [key, value]),
  )
}

/** Returns the wait in ms that Gemini asks for in an error body (`google.rpc.RetryInfo`); null when it asks for none. */
export function readRetryInfo(body: unknown): number | null {
  const error = asObject(asObject(Array.isArray(body) ? body[0] : body)?.error)
  for (const detail of asArray(error?.details)) {
    const record = asObject(detail)
    if (!asString(record?.['@type']).endsWith('google.rpc.RetryInfo')) continue
    return parseDuration(asString(record?.retryDelay)) ?? null
  }
  return null
}

/** Returns a header value as a count; null when it is none. Negative numbers are null too, because Azure sends −1 for "unknown". */
function readCount(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return null
  return Number(text)
}

/**
 * Returns the time from now that a header value means, in ms and at least 0; null when it means none. The value may be a duration (`6m0s`, `12ms`),
 * seconds, a Unix time in s or ms, or a date.
 */
function readMoment(text: string | undefined, nowEpochMs: number): number | null {
  if (text === undefined) return null
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  const number = readCount(text)
  if (number !== null) return fromNumber(number, nowEpochMs)
  // Date.parse would take a negative number for a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : untilMs(date, nowEpochMs)
}

function fromNumber(number: number, nowEpochMs: number): number {
  if (number >= 1e12) return untilMs(number, nowEpochMs)
  return number >= 1e9 ? untilMs(number * 1000, nowEpochMs) : number * 1000
}

/** Returns the time from now until a moment, both in ms since 1970, rounded to whole ms because no header is more exact. */
const untilMs = (epochMs: number, nowEpochMs: number) => Math.max(0, Math.round(epochMs - nowEpochMs))
