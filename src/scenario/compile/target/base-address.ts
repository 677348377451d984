/** Completes a target's address with the path of its preset. Like the APIs' own clients, burn accepts a base address. */
import { connectorNamed, runsOverAnother } from '../../../connectors/index.ts'
import type { Preset } from '../../../dialects/parts/dialect.ts'

const NO_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/i
/** Matches an address, and captures its server, path and query. An address whose server is a template does not match. */
const PARTS = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+|mock:)(\/[^?#{]*)(\?[^#]*)?$/i
/** Matches the version in an API's path, such as v1 or v1beta; `OPENAI` matches Google's path for OpenAI's API, where a word follows the version. */
const VERSION = /^v\d+[a-z0-9]*$/i
const OPENAI = /\/v\d+[a-z0-9]*\/openai$/i

/** Returns the path and the query of an address, or `/` when it has no path, even if it has a query. Templates stay as they are. */
export function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'
}

/**
 * Returns the full address of an API. If `url` names only a server, or an API's base such as `/v1`, the path of the known API (`preset`) is added to
 * it; otherwise `url` is returned unchanged.
 */
export function completedUrl(url: string, protocol: string, preset: Preset): string {
  if (isServer(url, protocol, preset)) return url.replace(/\/$/, '') + pathOf(preset.url)
  if (preset.dialect === 'generic' || hasOwnPaths(protocol)) return url
  const [, server = '', path = '', query = ''] = PARTS.exec(url) ?? []
  const base = path.replace(/\/+$/, '')
  const rest = restBehind(base, preset)
  return rest === undefined ? url : withQuery(server + base + rest, query)
}

/** True for a protocol in whose addresses the path names a topic or method, so that it has no meaning for another protocol. */
const hasOwnPaths = (protocol: string) => connectorNamed(protocol)?.place !== undefined

/** True when an address names only a server, such as a proxy in front of the preset's API. */
function isServer(url: string, protocol: string, preset: Preset): boolean {
  if (url.includes('{{')) return false
  if (!hasOwnPaths(protocol)) return NO_PATH.test(url) && !hasOwnPaths(preset.protocol)
  return (
    preset.protocol === protocol && !runsOverAnother(connectorNamed(protocol) ?? {}, url) && NO_PATH.test(url.replace(/\/$/, ''))
  )
}

/** Returns the rest of the preset's path after the base path `base`; undefined when the preset's path does not begin with `base`. */
function restBehind(base: string, preset: Preset): string | undefined {
  const segments = pathOf(preset.url).split('?')[0]?.split('/').slice(1) ?? []
  const own = base.split('/').slice(1)
  for (let count = Math.min(own.length, segments.length - 1); count > 0; count -= 1) {
    const end = own.slice(-count)
    if (end.every((segment, i) => segment === segments[i] || segments[i]?.includes('{{'))) return behind(segments, count, preset)
  }
  const versioned = VERSION.test(segments[0] ?? '') && (VERSION.test(own.at(-1) ?? '') || isGoogleForOpenai(base, preset))
  return versioned ? behind(segments, 1, preset) : undefined
}

const isGoogleForOpenai = (base: string, { dialect }: Preset) => dialect.startsWith('openai') && OPENAI.test(base)

function behind(segments: readonly string[], count: number, preset: Preset): string {
  const query = pathOf(preset.url).split('?')[1]
  return `/${segments.slice(count).join('/')}${query === undefined ? '' : `?${query}`}`
}

function withQuery(url: string, query: string): string {
  if (query === '') return url
  return url.includes('?') ? `${url}&${query.slice(1)}` : url + query
}
