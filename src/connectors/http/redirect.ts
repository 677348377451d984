/** Which redirects are followed, and what goes along. */
import type { Headers } from '../../exchange.ts'
import type { HttpRequest } from './transport.ts'

/** What the target's `http:` block says about redirects. */
export interface RedirectRules {
  readonly maxRedirects: number
  readonly crossOriginRedirects: boolean
}

/** All that goes to another origin: whatever else a header is called, it may be a credential. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * The request that a reply sends us on to, after `hops` earlier ones; undefined when the reply is to be taken as it is.
 * 303, and 301 or 302 after a POST, become a GET without a body (RFC 9110, section 15.4).
 */
export function redirected(
  request: HttpRequest,
  status: number,
  headers: Headers,
  hops: number,
  rules: RedirectRules,
): HttpRequest | undefined {
  const { location } = headers
  if (!REDIRECTS.has(status) || location === undefined || hops >= rules.maxRedirects) return undefined
  const url = URL.parse(location, request.url.href)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  const sameOrigin = url.origin === request.url.origin
  if (!sameOrigin && !rules.crossOriginRedirects) return undefined
  const toGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST'
  const kept = Object.entries(request.headers).filter(
    ([name]) => (sameOrigin || HARMLESS.has(name)) && !(toGet && name.startsWith('content-')),
  )
  const { cookies } = request
  const next = Object.fromEntries(kept)
  const cookie = cookies?.header(next.cookie, url.href)
  return {
    method: toGet ? 'GET' : request.method,
    url,
    headers: cookie ? { ...next, cookie } : next,
    body: toGet ? undefined : request.body,
    cookies,
  }
}
