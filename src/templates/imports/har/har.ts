import { asString } from '../../../dialects/parts/json.ts'
import { UsageError } from '../../../errors.ts'
import { isMap } from '../../../text/json.ts'
import { literal, mapTexts } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'
import { bodyOf, mapBody } from '../request/body.ts'
import { filePart, type ImportedPart, valuePart } from '../request/multipart.ts'
import type { Imported, ImportedBody, ImportedRequest } from '../request/request.ts'
import { isSocket, socketOf } from './sockets.ts'

/** Names of headers that the browser adds by itself, which are left out when a HAR file is converted. */
const OF_THE_BROWSER =
  /^(?:host|accept-language|user-agent|origin|referer|pragma|cache-control|if-none-match|if-modified-since)$/i

/**
 * Shortest pause in ms: shorter ones are the browser's own work and dropped. Pauses longer than `LONGEST_PAUSE_MS`, a person's absence, are cut to
 * it.
 */
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000
const API_REPLY = /json|event-stream|ndjson|protobuf|grpc/i
const PAGE_PART =
  /^(?:text\/(?:html|css|javascript)|image\/|font\/|audio\/|video\/|application\/(?:javascript|x-javascript|wasm|font))/i

/** Reads the API calls and WebSocket connections in an HTTP archive (HAR), as browsers save it. @throws UsageError when there are none */
export function importHar({ log }: { log: { entries: unknown[] } }): Imported {
  const entries = log.entries.filter(isMap)
  const calls = entries.filter(isApiCall)
  const connections = entries.filter(isSocket)
  const others = entries.length - calls.length - connections.length
  const notes = others === 0 ? [] : [`${others} entries that are no API calls were left out`]
  const sockets = connections.flatMap((entry) => socketOf(entry, notes) ?? [])
  if (calls.length + sockets.length === 0)
    throw new UsageError(
      'the archive holds no call to an API',
      connections.length > 0 ? notes.at(-1) : 'only pages, scripts, styles or pictures were found in it',
    )
  if (calls.length > 0 && sockets.length > 0) notes.push('messages of WebSockets come after all other calls')
  const requests = calls.map((entry, index) => requestOf(entry, calls[index - 1], notes))
  return { name: 'imported from an HTTP archive', requests, sockets, notes }
}

const mapOf = (value: unknown): Data => (isMap(value) ? value : {})

function isApiCall(entry: Data): boolean {
  const request = mapOf(entry.request)
  const method = asString(request.method).toUpperCase()
  if (!/^https?:/i.test(asString(request.url)) || !/^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/.test(method)) return false
  if (typeof entry._resourceType === 'string') return /^(?:xhr|fetch|eventsource)$/i.test(entry._resourceType)
  const type = asString(mapOf(mapOf(entry.response).content).mimeType)
  if (API_REPLY.test(type)) return true
  return method !== 'GET' && method !== 'HEAD' && !PAGE_PART.test(type)
}

function requestOf(entry: Data, before: Data | undefined, notes: string[]): ImportedRequest {
  const request = mapOf(entry.request)
  const url = asString(request.url).replace(/#.*$/, '')
  const status = mapOf(entry.response).status
  const name = `${asString(request.method).toUpperCase()} ${pathName(url)}`
  const body = postBody(mapOf(request.postData), name, notes)
  const pause = before === undefined ? 0 : pauseBetween(before, entry)
  return {
    name,
    method: asString(request.method).toUpperCase(),
    url: literal(url),
    headers: headersOf(request.headers),
    body: body && mapBody(body, (value) => mapTexts(value, literal)),
    ...(typeof status === 'number' && status >= 200 && status < 400 ? { expect: [{ status }] } : {}),
    ...(pause > 0 ? { delayMs: pause } : {}),
  }
}

function pathName(url: string): string {
  return (
    url
      .replace(/^[a-z]+:\/\/[^/?#]*/i, '')
      .replace(/\?.*$/, '')
      .replaceAll('/', ' ')
      .trim() || 'root'
  )
}

function headersOf(value: unknown): (readonly [string, string])[] {
  const list = Array.isArray(value) ? value.filter(isMap) : []
  return list
    .map(({ name, value: text }) => [asString(name), literal(asString(text))] as const)
    .filter(([name]) => name !== '' && !OF_THE_BROWSER.test(name))
}

function postBody(post: Data, where: string, notes: string[]): ImportedBody | undefined {
  const type = asString(post.mimeType)
  const fields = Array.isArray(post.params) ? post.params.filter(isMap) : []
  if (fields.length > 0 && /^\s*multipart\/form-data\b/i.test(type))
    return { kind: 'multipart', parts: fields.map((field) => partOf(field, where, notes)) }
  if (typeof post.text === 'string' && post.text !== '') return bodyOf(post.text, type)
  if (fields.length === 0) return undefined
  return { kind: 'form', fields: fields.map(({ name, value }) => [asString(name), asString(value)]) }
}

function partOf({ name, value, fileName, contentType }: Data, where: string, notes: string[]): ImportedPart {
  const [field, type] = [literal(asString(name)), literal(asString(contentType))]
  if (typeof fileName !== 'string') return valuePart(field, asString(value), type)
  return filePart({ name: field, path: fileName, type }, where, notes)
}

/** Returns the pause in ms between the end of one call and the start of the next; 0 when it is too short to be a person's. */
function pauseBetween(before: Data, entry: Data): number {
  const ended = Date.parse(asString(before.startedDateTime)) + (typeof before.time === 'number' ? before.time : 0)
  const pause = Date.parse(asString(entry.startedDateTime)) - ended
  return pause >= SHORTEST_PAUSE_MS ? Math.min(pause, LONGEST_PAUSE_MS) : 0
}
