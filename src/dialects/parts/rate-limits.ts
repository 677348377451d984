import type { Headers } from '../../exchange.ts'
import { parseDuration } from '../../text/units.ts'
import { asArray, asObject, asString } from './json.ts'

/**
 * The rate limits that the headers of one reply report, such as the number of requests that remain; null for each that is not reported.
 * Durations are in ms, counted from the reply.
 */
export type RateLimits = Readonly<ReturnType<typeof readRateLimits>>

/** Reads the rate-limit headers of OpenAI, Azure, Anthropic and the IETF draft. `nowEpochMs`, in ms since 1970, converts dates in them to durations. */
export function readRateLimits(headers: Headers, nowEpochMs: number) {
  const at = (name: string): string | undefined => headers[name]
  const openai = (part: string, of: string): string | undefined => at(`x-ratelimit-${part}-${of}`)
  const anthropic = (of: string, part: string): string | undefined => at(`anthropic-ratelimit-${of}-${part}`)
  const plain = (part: string): string | undefined => at(`x-ratelimit-${part}`) ?? at(`ratelimit-${part}`)
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
    /** Time that the target asks to wait before the next request. */
    retryAfterMs: readCount(at('retry-after-ms')) ?? readMoment(at('retry-after'), nowEpochMs),
  }
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

/** A header as a count; null when it is not one, also for negative numbers: Azure sends −1 for "unknown". */
function readCount(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return null
  return Number(text)
}

/** A header as ms from now, at least 0: a duration (`6m0s`, `12ms`), seconds, an epoch in s or ms, or a date. Null when it is none. */
function readMoment(text: string | undefined, nowEpochMs: number): number | null {
  if (text === undefined) return null
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  const number = readCount(text)
  if (number !== null) return fromNumber(number, nowEpochMs)
  // Date.parse would take a negative number for a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - nowEpochMs)
}

function fromNumber(number: number, nowEpochMs: number): number {
  if (number >= 1e12) return Math.max(0, number - nowEpochMs)
  return number >= 1e9 ? Math.max(0, number * 1000 - nowEpochMs) : number * 1000
}
