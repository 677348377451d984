/** The cookies of one user: RFC 6265 sections 5.1 to 5.4, as far as a load test needs them. */
import { isIP } from 'node:net'

const MAX_COOKIES = 200
/** Name and value together, as in browsers. */
const MAX_COOKIE_CHARS = 4096
const DAY_MS = 86_400_000
/** RFC 6265bis: no cookie lives longer than this. */
const MAX_LIFE_MS = 400 * DAY_MS

export interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Sent to the very host that set it, and to no host below it. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** Epoch ms; Infinity when it lasts as long as the session. */
  readonly expiresAt: number
}

export class CookieJar {
  private readonly wallNow: () => number
  /** In the order in which they were first set. */
  private readonly cookies = new Map<string, Cookie>()

  /** `wallNow` gives epoch ms. */
  constructor(wallNow: () => number) {
    this.wallNow = wallNow
  }

  /** Takes a `Set-Cookie` header from `url`. Gives the cookie; undefined when it is refused, or one was deleted. */
  store(header: string, url: string): Cookie | undefined {
    const now = this.wallNow()
    const cookie = parseCookie(header, new URL(url), now)
    if (cookie === undefined) return undefined
    const key = `${cookie.domain};${cookie.path};${cookie.name}`
    if (cookie.expiresAt <= now) {
      this.cookies.delete(key)
      return undefined
    }
    this.cookies.set(key, cookie)
    const [oldest] = this.cookies.keys()
    if (this.cookies.size > MAX_COOKIES && oldest !== undefined) this.cookies.delete(oldest)
    return cookie
  }

  /** The `Cookie` header for a request to `url`; longer paths first, then older cookies. Empty when there is none. */
  header(url: string): string {
    const target = new URL(url)
    const now = this.wallNow()
    return Array.from(this.cookies.values())
      .filter((cookie) => cookie.expiresAt > now && goesTo(cookie, target))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ')
  }
}

/** Single headers out of several that were joined with commas; the comma of a date is none between two. */
export function splitSetCookie(joined: string): string[] {
  return joined.split(/,\s*(?=[^\s;,=]+=)/)
}

function goesTo(cookie: Cookie, url: URL): boolean {
  const host = hostOf(url)
  if (cookie.hostOnly ? host !== cookie.domain : !domainMatches(host, cookie.domain)) return false
  return pathMatches(url.pathname, cookie.path) && (!cookie.secure || isSecure(url))
}

function parseCookie(header: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...rest] = header.split(';')
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(header) || pair.length > MAX_COOKIE_CHARS) return undefined
  const [name, value] = split(pair)
  if (value === undefined || name === '') return undefined
  const attributes = new Map(rest.map(split).map(([key, text = '']) => [key.toLowerCase(), text]))
  const scope = domainFor(attributes.get('domain'), hostOf(url))
  const secure = attributes.has('secure')
  if (scope === undefined || (secure && !isSecure(url))) return undefined
  const path = attributes.get('path')
  const cookie = {
    name,
    value,
    ...scope,
    path: path?.startsWith('/') ? path : defaultPath(url.pathname),
    secure,
    httpOnly: attributes.has('httponly'),
    expiresAt: expiryOf(attributes, now),
  }
  return keepsPrefix(cookie) ? cookie : undefined
}

function split(pair: string): [name: string, value?: string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair.trim()] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

/** Whose cookie it is; undefined when the host may not set it. Without a list of public suffixes, a bare top-level domain is refused. */
function domainFor(attribute: string | undefined, host: string): Pick<Cookie, 'domain' | 'hostOnly'> | undefined {
  const domain = attribute?.replace(/^\./, '').toLowerCase() ?? ''
  if (domain === '' || domain === host) return { domain: host, hostOnly: domain === '' || isIP(host) !== 0 }
  return domain.includes('.') && domainMatches(host, domain) ? { domain, hostOnly: false } : undefined
}

function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0)
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/')
}

function defaultPath(path: string): string {
  const last = path.lastIndexOf('/')
  return last <= 0 ? '/' : path.slice(0, last)
}

/** `Max-Age` counts before `Expires`; what cannot be read is as if it were not there. */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number {
  const age = attributes.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) return now + Math.min(Number(age) * 1000, MAX_LIFE_MS)
  const date = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : Math.min(date, now + MAX_LIFE_MS)
}

function keepsPrefix({ name, secure, hostOnly, path }: Cookie): boolean {
  if (/^__secure-/i.test(name)) return secure
  return !/^__host-/i.test(name) || (secure && hostOnly && path === '/')
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'wss:'
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
}
