/** The cookies of one user, as browsers keep them (RFC 6265bis); tough-cookie knows the rules and the list of public suffixes. */
import { Cookie, getPublicSuffix, CookieJar as Rules } from 'tough-cookie'

const MAX_COOKIES = 200
/** Name and value together, as in browsers. */
const MAX_COOKIE_CHARS = 4096
/** RFC 6265bis: no cookie lives longer than this. */
const MAX_LIFE_MS = 400 * 86_400_000

/** What a jar keeps of a cookie. */
export interface KeptCookie {
  readonly value: string
  readonly httpOnly: boolean
  /** Epoch ms; Infinity when it lasts as long as the session. */
  readonly expiresAt: number
}

export class CookieJar {
  private readonly wallNow: () => number
  private readonly rules = new Rules(undefined, { rejectPublicSuffixes: true })
  /** What is in it, in the order in which it was first set. */
  private readonly kept = new Map<string, Cookie>()

  /** `wallNow` gives epoch ms. */
  constructor(wallNow: () => number) {
    this.wallNow = wallNow
  }

  /** Takes one `Set-Cookie` header from `url`. Gives the cookie; undefined when it is refused, or one was deleted. */
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

  /** The `Cookie` header for a request to `url`; longer paths first, then older cookies. Empty when there is none. */
  header(url: string): string {
    if (this.kept.size === 0) return ''
    const now = this.wallNow()
    return this.rules
      .getCookiesSync(url, { expire: false, sort: true })
      .filter((cookie) => expiryOf(cookie) > now)
      .map((cookie) => cookie.cookieString())
      .join('; ')
  }

  /** The `Cookie` header for a request to `url` that brings cookies of its own: of two with one name, the jar's counts. */
  headerWith(own: string | undefined, url: string): string {
    const mine = this.header(url)
    if (!own) return mine
    const names = new Set(mine.split('; ').map(nameOf))
    const others = own.split(/;\s*/).filter((pair) => pair !== '' && !names.has(nameOf(pair)))
    return [...others, ...(mine === '' ? [] : [mine])].join('; ')
  }

  private read(header: string, url: string): Cookie | undefined {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(header) || header.split(';', 1).join().length > MAX_COOKIE_CHARS) return undefined
    const cookie = Cookie.parse(header)
    if (!cookie) return undefined
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase()
    // RFC 6265bis, 5.7: a host that is a public suffix itself, or has one label only, may name itself, for itself alone
    if (cookie.domain === host && !getPublicSuffix(host, { ignoreError: true })) cookie.domain = null
    this.limitLife(cookie)
    return cookie
  }

  /** The end is fixed once: the library counts Max-Age from each use. */
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
