import { unescape as percentDecoded } from 'node:querystring'
import { LocalError } from '../../errors.ts'
import type { CookieKeeper, TargetAddress } from '../wire/connector.ts'
import { fieldProblem } from '../wire/header-field.ts'
import type { WebSocketOptions } from './options/options.ts'
import { frameBytes } from './options/request.ts'

/**
 * The HTTP request that opens a WebSocket: address and headers, and the first message to send on the WebSocket if that message holds the
 * credentials.
 */
export interface Upgrade {
  /** Address with ws: or wss:, without credentials and fragment. */
  readonly url: URL
  readonly secure: boolean
  readonly headers: Readonly<Record<string, string>>
  /** The first frame, with the credentials; undefined when there is none. */
  readonly authFrame: Buffer | undefined
  /** The cookies of the user; undefined when the user keeps none. */
  readonly cookies: CookieKeeper | undefined
}

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }
/** Headers that belong to the WebSocket handshake, so that a scenario cannot set them. */
const HANDSHAKE =
  /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-(?:key|version|extensions|accept|protocol))$/

/**
 * Returns the HTTP request that opens a WebSocket to a target, credentials included.
 * @throws LocalError for an address or a header that cannot be used
 */
export function upgradeOf(address: TargetAddress, options: WebSocketOptions): Upgrade {
  const url = addressUrl(address.url)
  const headers: Record<string, string> = { 'user-agent': 'burn', ...urlCredentials(url), ...lowerCase(address.headers) }
  for (const [name, value] of Object.entries(address.query)) url.searchParams.set(name, value)
  const cookie = address.cookies?.header(headers.cookie, url.href)
  if (cookie) headers.cookie = cookie
  const credential = options.authIn === 'header' ? undefined : take(headers, options.authHeader.toLowerCase())
  if (credential !== undefined && options.authIn === 'query') url.searchParams.set(options.authName, tokenOf(credential))
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value)
    if (problem !== undefined) throw new LocalError(problem)
  }
  return { url, secure: url.protocol === 'wss:', headers, authFrame: authFrame(credential, options), cookies: address.cookies }
}

function addressUrl(text: string): URL {
  const scheme = SCHEMES[URL.parse(text)?.protocol ?? '']
  if (scheme === undefined) throw new LocalError(`not an address of a WebSocket: ${text}`, 'such as wss://host/path')
  const url = new URL(text.replace(/^[a-z]+:/i, scheme))
  url.hash = ''
  return url
}

/** Returns the user name and password of an address as an `authorization` header, and removes them from the address. */
function urlCredentials(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {}
  const pair = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`
  url.username = ''
  url.password = ''
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function take(headers: Record<string, string>, name: string): string | undefined {
  const value = headers[name]
  delete headers[name]
  return value
}

/** Returns a credential without the name of its scheme, such as `Bearer`. */
function tokenOf(credential: string): string {
  return credential.replace(/^(?:Bearer|Basic|Token)\s+/i, '')
}

/** Returns why a header cannot be sent with the request that opens a WebSocket; undefined when it can. */
export function headerProblem(name: string, value: string): string | undefined {
  return HANDSHAKE.test(name.toLowerCase())
    ? `the header ${name} is set by the handshake and cannot be given`
    : fieldProblem(name, value)
}

function authFrame(credential: string | undefined, options: WebSocketOptions): Buffer | undefined {
  if (credential === undefined || options.authIn !== 'message') return undefined
  const token = tokenOf(credential)
  const pair = /^Basic\s/i.test(credential) ? Buffer.from(token, 'base64').toString('utf8') : ''
  const colon = pair.indexOf(':')
  const [username, password] = colon < 0 ? ['', ''] : [pair.slice(0, colon), pair.slice(colon + 1)]
  return frameBytes(filled(options.authMessage, { token, username, password }))
}

/**
 * Returns a JSON value with the credentials inserted into its texts. That happens before it becomes JSON, so that no credential can break the JSON.
 */
function filled(value: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return value.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => words[name] ?? whole)
  if (Array.isArray(value)) return value.map((item) => filled(item, words))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, words)]))
}
