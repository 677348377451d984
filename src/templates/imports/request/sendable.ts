import { UsageError } from '../../../errors.ts'
import type { Data } from '../../template.ts'
import { fitsFile, fitsKey } from './fits.ts'
import type { ImportedRequest } from './request.ts'

/** Names of headers that the connection or a browser sets by itself, which are left out. */
const OF_THE_CONNECTION =
  /^(?::.*|content-length|connection|accept-encoding|keep-alive|transfer-encoding|upgrade|expect|te|trailer|priority|dnt|sec-.*|upgrade-insecure-requests|proxy-connection|postman-token)$/i
/** Matches every valid name of an HTTP header. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VARIABLE = /\$\{env\.[^}]*\}|\{\{[^}]*\}\}/g
/** Largest length of a text with templates that burn accepts, in bytes. */
const MAX_TEMPLATE_BYTES = 64 * 1024

const MAX_STEPS = 900
const MAX_LETTERS = 600_000
const MAX_VALUES = 20_000

/** Returns the imported requests that burn can send, and removes headers that it cannot send. @throws UsageError when no request is left */
export function sendable(requests: readonly ImportedRequest[], notes: string[]): ImportedRequest[] {
  const kept = requests.filter((request) => {
    const reason = reasonAgainst(request)
    if (reason !== undefined) notes.push(`${request.name} was left out: ${reason}`)
    return reason === undefined
  })
  if (kept.length === 0) throw new UsageError('there is no request in it that burn can send', notes.at(-1))
  return kept.map((request) => withText({ ...request, headers: headersOf(request, notes) }))
}

/** Turns a form into a text body when its names cannot be keys of a scenario file; returns other requests unchanged. */
function withText(request: ImportedRequest): ImportedRequest {
  const { body, headers } = request
  if (body?.kind !== 'form' || fitsFile(Object.fromEntries(body.fields))) return request
  const encoded = (text: string) => (/\{\{|\$\{/.test(text) ? text : encodeURIComponent(text))
  const text = body.fields.map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`).join('&')
  const others = headers.filter(([name]) => name.toLowerCase() !== 'content-type')
  return { ...request, headers: [...others, ['content-type', 'application/x-www-form-urlencoded']], body: { kind: 'text', text } }
}

function reasonAgainst({ method, url, body }: ImportedRequest): string | undefined {
  if (!/^[A-Z][A-Z-]*$/.test(method) || method === 'CONNECT' || method === 'TRACE')
    return `its method is ${JSON.stringify(method.slice(0, 40))}`
  if (!isAddress(url, /^https?:\/\//i)) return `${JSON.stringify(url.slice(0, 80))} is no address of HTTP`
  if (body?.kind === 'text' && body.text.includes('{{') && Buffer.byteLength(body.text) > MAX_TEMPLATE_BYTES)
    return 'its body holds {{ and is longer than 64 KiB'
  return undefined
}

/**
 * True when `url` is a valid address whose scheme matches `scheme`. It may contain templates and references such as `${env.HOST}`, which are checked
 * with a sample in their place: `http://x` at the beginning, a number as port, else `x`.
 */
export function isAddress(url: string, scheme: RegExp): boolean {
  const port = url.replace(/^([a-z]+:\/\/(?:\{\{[^}]*\}\}|\$\{[^}]*\}|[^/?#:])*:)(?:\{\{[^}]*\}\}|\$\{[^}]*\})/i, '$180')
  const known = port.replaceAll(VARIABLE, (_all, at: number) => (at === 0 ? 'http://x' : 'x'))
  const [origin] = /^[a-z]+:\/\/[^/?#]+/i.exec(known) ?? []
  return scheme.test(known) && origin !== undefined && URL.canParse(origin) && URL.canParse(known)
}

function headersOf({ name: request, headers }: ImportedRequest, notes: string[]): (readonly [string, string])[] {
  return headers.flatMap(([name, value]) => {
    if (OF_THE_CONNECTION.test(name)) return []
    const text = latin1(value)
    if (HEADER_NAME.test(name) && fitsKey(name.toLowerCase()) && /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
      return [[name, text] as const]
    notes.push(`${request}: the header ${JSON.stringify(name)} cannot be sent, and was left out`)
    return []
  })
}

/** Returns the bytes of a header value, written as Latin-1 characters; characters outside Latin-1 are sent as UTF-8. */
function latin1(value: string): string {
  return /[^\u0000-\u00ff]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

/**
 * Joins the steps made from all imported requests to one list. Requests that would exceed the limits on a scenario's size are left out, with a note.
 * @throws UsageError if no request fits
 */
export function bounded(steps: readonly (readonly Data[])[], notes: string[]): Data[] {
  const kept: Data[] = []
  const room = { letters: MAX_LETTERS, values: MAX_VALUES }
  let left = 0
  for (const group of steps) {
    const text = JSON.stringify(group)
    const values = text.split(/[,:[]/).length
    if (kept.length + group.length > MAX_STEPS || text.length > room.letters || values > room.values) {
      left += 1
      continue
    }
    room.letters -= text.length
    room.values -= values
    kept.push(...group)
  }
  if (kept.length === 0) throw new UsageError('no request in it is small enough for a scenario', 'a scenario holds 1 MiB at most')
  if (left > 0) notes.push(`${left} of ${steps.length} requests were left out: a scenario holds 1000 steps and 1 MiB at most`)
  return kept
}
