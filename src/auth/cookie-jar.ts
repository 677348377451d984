/** The cookies of one user, kept by the rules for browsers (RFC 6265bis), which the library tough-cookie implements. */
import { createRequire } from 'node:module'
import type { Cookie } from 'tough-cookie'
import { hostOf } from '../text/host.ts'

const require = createRequire(import.meta.url)
/** Loads and returns the cookie library. Only scenarios with cookies load it, because its list of public suffixes is long. */
const library = (): typeof import('tough-cookie') => require('tough-cookie')

const MAX_COOKIES = 200
/** The largest number of characters in the name and value of a cookie together, as in browsers. */
const MAX_COOKIE_CHARS = 4096
/** The longest life of a cookie in ms (RFC 6265bis, section 5.5). */
const MAX_LIFE_MS = 400 * 86_400_000

/** The value, flags and expiry of a cookie that a user's cookie jar has accepted. */
export interface KeptCookie {
  readonly value: string
  readonly httpOnly: boolean
  /** When the cookie expires, in ms since 1970; Infinity when it lasts as long as the session. */
  readonly expiresAt: number
}

/** The cookie jar of one user: stores cookies from replies and gives the `Cookie` header of each request. */
export class CookieJar {
  private readonly wallNow: () => number
  private readonly rules = new (library().CookieJar)(undefined, { rejectPublicSuffixes: true })
  /** The cookies in the order in which they were first set; the key is domain, path and name. */
  private readonly kept = new Map<string, Cookie>()

  /** Makes an empty jar; `wallNow` returns the time in ms since 1970. */
  constructor(wallNow: () => number) {
    this.wallNow = wallNow
  }

  /** Stores the cookie of a `Set-Cookie` header from `url`, and returns it; undefined when it is refused, or deletes a cookie. */
  store(header: string, url: string): KeptCookie | undefined {
    const cookie = this.read(header, url)
    const stored = cookie && this.rules.setCookieSync(cookie, url, { ignoreError: true })
    if (!stored) return undefined
    const key = `${stored.domain};${stored.path};${stored.key}`
    this.kept.set(key, stored)
    const expiresAt = expiryOf(stored)
    if (expiresAt <= this.wallNow()) {
      this.drop(key)
      return undefined
    }
    const [oldest] = this.kept.keys()
    if (this.kept.size > MAX_COOKIES && oldest !== undefined) this.drop(oldest)
    return { value: stored.value, httpOnly: stored.httpOnly, expiresAt }
  }

  /** Returns the `Cookie` header for a request to `url`: longer paths first, then older cookies. Empty when no cookie matches. */
  header(url: string): string {
    if (this.kept.size === 0) return ''
    const now = this.wallNow()
    return this.rules
      .getCookiesSync(url, { expire: false, sort: true })
      .filter((cookie) => expiryOf(cookie) > now)
      .map((cookie) => cookie.cookieString())
      .join('; ')
  }

  /** Returns the `Cookie` header for a request that sets cookies itself (`own`); of two with one name, the jar's is sent. */
  headerWith(own: string | undefined, url: string): string {
    const mine = this.header(url)
    if (!own) return mine
    const names = new Set(mine.split('; ').map(nameOf))
    const others = own.split(/;\s*/).filter((pair) => pair !== '' && !names.has(nameOf(pair)))
    return [...others, ...(mine === '' ? [] : [mine])].join('; ')
  }

  private read(header: string, url: string): Cookie | undefined {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(header) || header.split(';', 1).join().length > MAX_COOKIE_CHARS) return undefined
    const cookie = library().Cookie.parse(header)
    if (!cookie) return undefined
    const host = hostOf(new URL(url)).toLowerCase()
    // RFC 6265bis, 5.7: a cookie for a public suffix, or a name of one label, is accepted from that very host, for that host only
    if (cookie.domain === host && !library().getPublicSuffix(host, { ignoreError: true })) cookie.domain = null
    this.limitLife(cookie)
    return cookie
  }

  /** Replaces Max-Age by a fixed expiry at most MAX_LIFE_MS from now, because the library would count Max-Age anew from each use. */
  private limitLife(cookie: Cookie): void {
    const now = this.wallNow()
    const { maxAge, expires } = cookie
    const end = typeof maxAge === 'number' ? now + maxAge * 1000 : expires instanceof Date ? expires.getTime() : undefined
    if (maxAge === '-Infinity' || (typeof maxAge === 'number' && maxAge <= 0)) cookie.expires = new Date(0)
    else if (end !== undefined || maxAge === 'Infinity') cookie.expires = new Date(Math.min(end ?? Infinity, now + MAX_LIFE_MS))
    cookie.maxAge = null
  }

  private drop(key: string): void {
    const cookie = this.kept.get(key)
    this.kept.delete(key)
    if (cookie?.domain && cookie.path) this.rules.store.removeCookie(cookie.domain, cookie.path, cookie.key, () => {})
  }
}

function nameOf(pair: string): string {
  return pair.split('=', 1).join().trim()
}

function expiryOf({ expires }: Cookie): number {
  return expires instanceof Date ? expires.getTime() : Number.POSITIVE_INFINITY
}
