/** Keeps tokens: each is fetched when first needed, renewed before it expires, and never fetched twice at the same time. */
import { now } from '../clock.ts'
import { type AuthUser, type CredentialSource, type Credentials, defineSource } from './scheme.ts'

/** The pause in ms between two tries to renew a token that is still valid. A token younger than this is kept even when the target refuses it. */
const PAUSE_MS = 1000
/** The time in ms by which a token's life is shortened, because it needs time on its way to the server; at most a tenth of its life. */
const MARGIN_MS = 1000

/** What a login has given, such as a token or a cookie jar, and how long it is valid. */
export interface Issued<T> {
  readonly value: T
  /** How long the token is valid, in ms from when it was requested; undefined when that is unknown. */
  readonly lifetimeMs?: number | undefined
  /** Age in ms at which the token is renewed although it is still valid. */
  readonly refreshAfterMs?: number | undefined
}

/**
 * One token. States: missing or expired (users wait for the fetch), valid, and due (still used while the next one is fetched in
 * the background). Only one fetch runs at a time; a failed fetch is retried only when a user asks again.
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

  /** Returns undefined when the token can be used; else a promise that resolves when it can, or rejects as `issue` does. */
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

  /** Drops the token used by a request sent at `sentAt` (monotonic ms), unless it is younger than PAUSE_MS, to limit the fetches. */
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
    // A token is used for at least half of its life, whatever refreshBefore says.
    const skew = Math.min(this.refreshBeforeMs, lifetimeMs / 2)
    this.refreshAt = at + Math.min(refreshAfterMs, lifetimeMs - skew)
  }
}

/** How a scheme gets, sends and renews its tokens. */
interface TokenSourceOptions<T> {
  /** True for one token per user, false for one token that all users share. */
  readonly perUser: boolean
  readonly refreshBeforeMs: number
  issue(user: AuthUser): Promise<Issued<T>>
  give(value: T, url: string): Credentials
  readonly observe?: (value: T, url: string, setCookies: readonly string[]) => void
  readonly close?: () => Promise<void>
}

/**
 * Returns a source of credentials that fetches a token, stores it, and renews it before it expires. With `perUser`, each user has a token; without
 * it, all users share one.
 */
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

/** True when an `auth:` block contains templates, so that its values may differ between users. */
export function hasTemplates(block: unknown): boolean {
  return JSON.stringify(block).includes('{{')
}
