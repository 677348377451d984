/** Routes of the mock that reply with plain JSON: health, an echo, and two that issue tokens. */
import { jsonIn } from '../../text/json.ts'
import { hash } from '../persona/random.ts'
import type { MockSettings } from '../persona/settings.ts'
import type { FormatRequest, MockError } from './formats/format.ts'

/** A reply of plain JSON. */
interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** A route of the mock server that answers with plain JSON, such as `/health`, and does not imitate a chat API. */
export interface PlainRoute {
  readonly name: string
  matches(method: string, path: string): boolean
  answer(request: FormatRequest, settings: MockSettings): PlainAnswer
}

/** All routes of the mock server that answer with plain JSON, such as `/health`, `/echo` (any method) and `/login`. */
export const PLAIN_ROUTES: readonly PlainRoute[] = [
  { name: 'root', matches: isGet('/'), answer: () => ok({ name: 'burn mock', status: 'ok' }) },
  { name: 'health', matches: isGet('/health'), answer: () => ok({ status: 'ok' }) },
  { name: 'echo', matches: (_method, path) => path === '/echo', answer: (request) => ok(echo(request)) },
  { name: 'login', matches: (method, path) => method === 'POST' && path === '/login', answer: login },
  { name: 'oauth-token', matches: (method, path) => method === 'POST' && path === '/oauth/token', answer: issueToken },
]

/** Returns an error body in the mock's own format, for routes that do not imitate a provider's API. */
export function simpleError({ status, message }: MockError): object {
  return { error: message, status }
}

/** Returns the headers by which the mock's own routes report that a rate limit is reached. `seconds` is the time until the limit is reset. */
export function simpleRateLimitHeaders(seconds: number): Record<string, string> {
  return { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${seconds}s` }
}

function isGet(asked: string): PlainRoute['matches'] {
  return (method, path) => (method === 'GET' || method === 'HEAD') && path === asked
}

function ok(body: object, headers: Record<string, string> = {}): PlainAnswer {
  return { status: 200, headers, body }
}

function echo({ method, path, query, headers, body }: FormatRequest): object {
  return { method, path, headers, query: Object.fromEntries(query), body, json: jsonIn(body) ?? null }
}

/** Returns a token that differs for each request, so that tests can see that a client has renewed it. */
function tokenFor(request: FormatRequest, settings: MockSettings): string {
  return `mock-token-${request.k}-${hash(settings.seed, 'token', request.k).toString(16).padStart(8, '0')}`
}

function login(request: FormatRequest, settings: MockSettings): PlainAnswer {
  const token = tokenFor(request, settings)
  const cookie = `session=${token}; Path=/; HttpOnly; Max-Age=${settings.tokenLifetimeSeconds}`
  return ok({ token, expires_in: settings.tokenLifetimeSeconds }, { 'set-cookie': cookie })
}

/** Issues a token for client credentials (RFC 6749 section 4.4), given as Basic credentials or in the form. */
function issueToken(request: FormatRequest, settings: MockSettings): PlainAnswer {
  const form = formOf(request)
  if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type')
  const basic = request.headers.authorization?.startsWith('Basic ') === true
  if (!basic && !(form.get('client_id') && form.get('client_secret'))) return refuse(401, 'invalid_client')
  const scope = form.get('scope')
  return ok(
    {
      access_token: tokenFor(request, settings),
      token_type: 'Bearer',
      expires_in: settings.tokenLifetimeSeconds,
      ...(scope === null ? {} : { scope }),
    },
    { 'cache-control': 'no-store' },
  )
}

function formOf({ headers, body }: FormatRequest): URLSearchParams {
  if (!headers['content-type']?.includes('json')) return new URLSearchParams(body)
  const json = jsonIn(body) ?? null
  const entries = Object.entries(typeof json === 'object' && json !== null ? json : {})
  return new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)]))
}

function refuse(status: number, error: string): PlainAnswer {
  return { status, headers: {}, body: { error } }
}
