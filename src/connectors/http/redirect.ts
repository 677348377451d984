import type { Headers } from '../../exchange.ts'
import type { HttpRequest } from './transport.ts'

/** The rules for redirects in a target's `http:` block. */
export interface RedirectRules {
  readonly maxRedirects: number
  readonly crossOriginRedirects: boolean
}

/** Headers that are sent to another origin; any other header may be a credential. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * What to do with a redirect. `follow`: send this request; `refused`: fail for this reason; `left`: treat it as the reply, because the scenario does
 * not follow redirects.
 */
type Onward =
  | { readonly kind: 'follow'; readonly request: HttpRequest }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'left' }

/** True when a reply is a redirect: status 301, 302, 303, 307 or 308 with a `location` header. */
export function isRedirect(status: number, headers: Headers): boolean {
  return REDIRECTS.has(status) && headers.location !== undefined
}

/**
 * Decides what to do with a reply that may be a redirect: follow it, fail, or treat it as the final reply; undefined when it is no redirect. `hops`
 * is the number of redirects that were followed before. A 303, and a 301 or 302 after a POST, are followed with a GET without a body (RFC 9110,
 * section 15.4).
 */
export function redirected(
  request: HttpRequest,
  status: number,
  headers: Headers,
  hops: number,
  rules: RedirectRules,
): Onward | undefined {
  if (!isRedirect(status, headers)) return undefined
  const { maxRedirects, crossOriginRedirects } = rules
  if (maxRedirects === 0) return { kind: 'left' }
  if (hops >= maxRedirects)
    return { kind: 'refused', reason: `${hops} were followed before, and http.maxRedirects is ${maxRedirects}` }
  const url = URL.parse(headers.location ?? '', request.url.href)
  if (!url || !/^https?:$/.test(url.protocol)) return { kind: 'refused', reason: 'that is not an http or https address' }
  const sameOrigin = url.origin === request.url.origin
  if (!sameOrigin && !crossOriginRedirects)
    return { kind: 'refused', reason: 'that is another origin, and http.crossOriginRedirects is false' }
  return { kind: 'follow', request: onward(request, status, url, sameOrigin) }
}

function onward(request: HttpRequest, status: number, url: URL, sameOrigin: boolean): HttpRequest {
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
