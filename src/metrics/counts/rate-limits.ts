/** Collects what the headers of replies report about a target over a whole run: rate limits, and the version of its server. */
import type { RateLimitSummary } from '../../result/schema.ts'

/** The rate limits that one reply reports, in requests and tokens; null for a value that it does not report. */
interface SeenLimits {
  readonly limitRequests: number | null
  readonly remainingRequests: number | null
  readonly limitTokens: number | null
  readonly remainingTokens: number | null
  readonly remainingInputTokens: number | null
  readonly remainingOutputTokens: number | null
  readonly retryAfterMs: number | null
}

const NONE: RateLimitSummary = {
  replies: 0,
  limitRequests: null,
  minRemainingRequests: null,
  limitTokens: null,
  minRemainingTokens: null,
  limited: 0,
  maxRetryAfterMs: null,
}

const least = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))
const most = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b))

/** True when the headers of a reply may report rate limits. This quick test avoids parsing the headers of most replies. */
export function mentionsLimits(headers: Readonly<Record<string, string>>): boolean {
  if (headers !== tested.headers) tested = { headers, mentions: hasLimits(headers) }
  return tested.mentions
}

/** The headers that were tested last, and the answer: equal replies in a row share one object. */
let tested: { readonly headers: Readonly<Record<string, string>>; readonly mentions: boolean } = { headers: {}, mentions: false }

function hasLimits(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.includes('ratelimit') || name.startsWith('retry-after')) return true
  return false
}

/** Collects the rate limits that one target reports in its replies. */
export class RateLimitRecorder {
  private summary = NONE
  private inputTokens: number | null = null
  private outputTokens: number | null = null
  private lostMs = 0

  /** Adds the rate limits that one reply reports. `limited` is true when the attempt failed because a limit was reached. */
  add(seen: SeenLimits, limited: boolean): void {
    const { summary } = this
    this.inputTokens = least(this.inputTokens, seen.remainingInputTokens)
    this.outputTokens = least(this.outputTokens, seen.remainingOutputTokens)
    this.summary = {
      replies: summary.replies + 1,
      limitRequests: seen.limitRequests ?? summary.limitRequests,
      minRemainingRequests: least(summary.minRemainingRequests, seen.remainingRequests),
      limitTokens: seen.limitTokens ?? summary.limitTokens,
      minRemainingTokens: least(summary.minRemainingTokens, seen.remainingTokens),
      limited: summary.limited + (limited ? 1 : 0),
      maxRetryAfterMs: most(summary.maxRetryAfterMs, seen.retryAfterMs),
    }
  }

  /** Adds the time that a user waited because of a rate limit of the target, in ms. */
  lost(ms: number): void {
    this.lostMs += ms
  }

  /** Returns the summary of all rate limits for the result; undefined when no reply reported any. */
  read(): RateLimitSummary | undefined {
    if (this.summary.replies === 0) return undefined
    return {
      ...this.summary,
      ...(this.inputTokens === null ? {} : { minRemainingInputTokens: this.inputTokens }),
      ...(this.outputTokens === null ? {} : { minRemainingOutputTokens: this.outputTokens }),
      ...(this.lostMs === 0 ? {} : { lostMs: this.lostMs }),
    }
  }
}

/** Names of reply headers in which a server states its software or version, in lower case. */
const NAMES = [
  'server',
  'x-version',
  'x-app-version',
  'x-server-version',
  'x-build',
  'x-build-id',
  'x-commit',
  'x-git-sha',
] as const
/** Number of different values that are kept of one header: servers behind one address may have different versions. */
const MAX_VALUES = 5
const MAX_CHARACTERS = 100

/** Collects the builds or versions of a target's server, as the headers of its replies state them. Keeps only a few values of each header. */
export class ServerBuilds {
  private readonly found = new Map<string, string[]>()
  private seen: Readonly<Record<string, string>> | undefined

  /** Collects the version headers of one reply. Equal replies in a row share one object of headers, which is looked through once. */
  see(headers: Readonly<Record<string, string>>): void {
    if (headers === this.seen) return
    this.seen = headers
    for (const name of NAMES) {
      const value = headers[name]
      if (value !== undefined) this.add(name, value.slice(0, MAX_CHARACTERS))
    }
  }

  /** Returns the sorted values of each version header that was seen, by name of the header; undefined when none was. */
  read(): Readonly<Record<string, readonly string[]>> | undefined {
    return this.found.size === 0
      ? undefined
      : Object.fromEntries([...this.found].map(([name, values]) => [name, values.toSorted()]))
  }

  private add(name: string, value: string): void {
    const values = this.found.get(name) ?? []
    if (values.length >= MAX_VALUES || values.includes(value)) return
    values.push(value)
    this.found.set(name, values)
  }
}
