/** Tokens that are fetched once, renewed before they expire, and never fetched twice at the same time. */
import { now } from '../clock.ts'
import { type AuthUser, type CredentialSource, type Credentials, defineSource } from './scheme.ts'

/** Time between two tries to renew a token that can still be used, and the age below which a refused one is not replaced, in ms. */
const PAUSE_MS = 1000
/** Taken off the end of a token's life, for the way to the server; at most a tenth of it. */
const MARGIN_MS = 1000

/** What an issuer gave. */
export interface Issued<T> {
  readonly value: T
  /** How long it may be used, in ms from when it was asked for; undefined when nobody said. */
  readonly lifetimeMs?: number | undefined
  /** When to get another although this one is good, in ms. */
  readonly refreshAfterMs?: number | undefined
}

/**
 * One token. States: missing or expired (users wait for the fetch), good, due (still used, while another is fetched behind their backs).
 * Only one fetch is under way at a time, and a failed one is not repeated by itself.
 */
class Token<T> {
  value: T | undefined
  private readonly refreshBeforeMs: number
  private askedAt = Number.NEGATIVE_INFINITY
  private refreshAt = Number.NEGATIVE_INFINITY
  private expiresAt = Number.NEGATIVE_INFINITY
  private pending: Promise<void> | undefined

  constructor(refreshBeforeMs: number) {
    this.refreshBeforeMs = refreshBeforeMs
  }

  /** Undefined when the token can be used; else resolves when it can. Rejects with what `issue` rejects with. */
  ready(issue: () => Promise<Issued<T>>): Promise<void> | undefined {
    const at = now()
    if (at < this.refreshAt) return undefined
    if (at >= this.expiresAt) return this.renew(issue)
    if (this.pending === undefined) {
      this.renew(issue).catch(() => {
        this.refreshAt = now() + PAUSE_MS
      })
    }
    return undefined
  }

  /** Drops a token that was there when the refused request was sent, unless it is so new that another would fare no better. */
  refused(sentAt: number): void {
    if (this.askedAt <= sentAt && now() - this.askedAt >= PAUSE_MS) this.expiresAt = this.refreshAt = Number.NEGATIVE_INFINITY
  }

  private renew(issue: () => Promise<Issued<T>>): Promise<void> {
    this.pending ??= this.fetch(issue).finally(() => {
      this.pending = undefined
    })
    return this.pending
  }

  private async fetch(issue: () => Promise<Issued<T>>): Promise<void> {
    const at = now()
    const { value, lifetimeMs = Number.POSITIVE_INFINITY, refreshAfterMs = Number.POSITIVE_INFINITY } = await issue()
    this.value = value
    this.askedAt = at
    this.expiresAt = at + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 10 || 0)
    // Half of a short life is used, whatever was asked for.
    const skew = Math.min(this.refreshBeforeMs, lifetimeMs / 2)
    this.refreshAt = at + Math.min(refreshAfterMs, lifetimeMs - skew)
  }
}

/** How a scheme gets its tokens. */
interface TokenSourceOptions<T> {
  /** False: one token for all users. */
  readonly perUser: boolean
  readonly refreshBeforeMs: number
  issue(user: AuthUser): Promise<Issued<T>>
  give(value: T, url: string): Credentials
  readonly observe?: (value: T, url: string, setCookies: readonly string[]) => void
  readonly close?: () => Promise<void>
}

/** A source that keeps one token for all users, or one for each. */
export function tokenSource<T>(options: TokenSourceOptions<T>): CredentialSource {
  const { perUser, refreshBeforeMs } = options
  const tokens = new Map<number, Token<T>>()
  const tokenOf = ({ id }: AuthUser): Token<T> => {
    const key = perUser ? id : 0
    const known = tokens.get(key)
    if (known) return known
    const made = new Token<T>(refreshBeforeMs)
    tokens.set(key, made)
    return made
  }
  return defineSource({
    ready: (user) => tokenOf(user).ready(() => options.issue(user)),
    current(user, url) {
      const { value } = tokenOf(user)
      if (value === undefined) throw new Error('credentials were asked for before they were ready')
      return options.give(value, url)
    },
    refused: (user, sentAt) => tokenOf(user).refused(sentAt),
    observe(user, url, setCookies) {
      const { value } = tokenOf(user)
      if (value !== undefined) options.observe?.(value, url, setCookies)
    },
    ...(options.close && { close: options.close }),
  })
}

/** Whether a block has templates, so that each user may have its own. */
export function hasTemplates(block: unknown): boolean {
  return JSON.stringify(block).includes('{{')
}
