import { unescape as percentDecoded } from 'node:querystring'
import { toText } from '../../../language/helpers/arguments.ts'
import { JsonText } from '../../../language/template/json-text.ts'
import { isFormBody } from '../../../payloads/form-body.ts'
import { jsonIn } from '../../../text/json.ts'
import type { RequestFlags, TargetAddress } from '../../wire/connector.ts'
import { FIELD_NAME, fieldProblem } from '../../wire/header-field.ts'
import type { HttpRequest } from '../transport.ts'
import { frameFor, keepRequest, type RequestFrame, type RequestParts, requestOfStep } from './frames.ts'
import { multipartContent } from './multipart.ts'
import type { HttpFields, HttpRequestFields, HttpStep, Scalars } from './options.ts'

const ACCEPT = 'text/event-stream, application/json, */*;q=0.1'
const WITHOUT_BODY = new Set(['GET', 'HEAD'])
/** Headers that delimit the message; a scenario that set them could only break it. */
const FRAMING = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect', 'te', 'trailer'])

/**
 * Returns the HTTP request for a `message` step. A text is sent as it is, a form as a form, and any other body as JSON. With GET and HEAD, the body
 * becomes the query.
 */
export function messageRequest(body: unknown, address: TargetAddress, options: HttpFields, accept = ACCEPT): HttpRequest {
  const { method, path } = options
  const inQuery = WITHOUT_BODY.has(method)
  const content = inQuery ? undefined : messageContent(body)
  const query = inQuery ? asQuery(body) : NONE
  return assemble(address, options, { method, path, query, headers: NONE, accept, ...typeOf(content) }, content).request
}

/** Returns the HTTP request that the `request:` block of a step describes. */
export function stepRequest(step: HttpStep, address: TargetAddress, options: HttpFields, accept = ACCEPT): HttpRequest {
  const known = requestOfStep(step, address, options, accept)
  if (known) return known
  const content = contentOf(step)
  const parts: RequestParts = {
    method: step.method ?? (content ? 'POST' : 'GET'),
    path: step.path === undefined ? options.path : toText(step.path),
    url: step.url === undefined ? undefined : toText(step.url),
    query: step.query ?? NONE,
    headers: step.headers ?? NONE,
    accept,
    ...typeOf(content),
  }
  const { frame, request } = assemble(address, options, parts, content)
  keepRequest(frame, step, address, request)
  return request
}

interface BodyContent {
  readonly type: string
  readonly body: Buffer
  /** True when a header must not replace the content type, because it holds the boundary of a multipart form. */
  readonly fixedType?: boolean
  readonly problem?: string | undefined
}

/** The query or the headers of a step without any. It is always the same object, so that prepared heads can be found by comparing objects. */
const NONE = {}

function typeOf(content: BodyContent | undefined): Pick<RequestParts, 'type' | 'fixedType'> {
  return { type: content?.type, fixedType: content?.fixedType ?? false }
}

function assemble(
  address: TargetAddress,
  options: HttpFields,
  parts: RequestParts,
  content: BodyContent | undefined,
): { frame: RequestFrame; request: HttpRequest } {
  const frame = frameFor(address, options, parts, makeFrame)
  const { head } = frame
  const { cookies } = address
  const body = content?.body
  const cookie = cookies?.header(head.headers.cookie, head.url.href)
  const own = cookie ? { ...head.headers, cookie } : head.headers
  const headers = frame.isOwn && address.sign ? { ...own, ...address.sign({ ...head, headers: own, body }) } : own
  const problem =
    frame.problem ??
    (cookie ? fieldProblem('cookie', cookie) : undefined) ??
    lengthProblem(headers['content-length'], body) ??
    content?.problem
  return { frame, request: { method: parts.method, url: head.url, headers, body, problem, cookies, head } }
}

function makeFrame(address: TargetAddress, options: HttpFields, parts: RequestParts): RequestFrame {
  const known = { options, parts, step: undefined }
  const { method } = parts
  const base = URL.parse(address.url)
  const url = parts.url === undefined ? base && placed(base, parts.path) : URL.parse(parts.url)
  if (!base || !url || !/^https?:$/.test(url.protocol)) {
    const problem = `not an address of HTTP: ${parts.url ?? address.url}`
    return {
      ...known,
      head: { method, url: new URL('http://invalid'), headers: {}, start: undefined, bodiless: undefined },
      isOwn: false,
      problem,
    }
  }
  // the target's headers contain its credentials, so only its own origin gets them
  const own = url.origin === base.origin
  setQuery(url, own ? address.query : {})
  setQuery(url, parts.query)
  const headers: Record<string, string> = {
    accept: parts.accept,
    'accept-encoding': options.compress ? 'gzip, deflate, br' : 'identity',
    'user-agent': 'burn',
    ...(parts.type === undefined ? {} : { 'content-type': parts.type }),
  }
  merge(headers, own ? address.headers : {})
  merge(headers, parts.headers)
  if (parts.fixedType && parts.type !== undefined) headers['content-type'] = parts.type
  if (url.username !== '' && headers.authorization === undefined) headers.authorization = basic(url)
  const head = { method, url, headers, start: undefined, bodiless: undefined }
  return { ...known, head, isOwn: own, problem: problemOf(headers) }
}

function basic(url: URL): string {
  const pair = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Adds headers to `into`. Names are case-insensitive, and a later header replaces an earlier one of the same name. */
function merge(into: Record<string, string>, headers: Scalars): void {
  for (const [name, value] of Object.entries(headers)) into[name.toLowerCase()] = toText(value)
}

/** Returns why an HTTP header cannot be sent; undefined when it can. The text never shows the value, which may be secret. */
export function headerProblem(name: string, value: string): string | undefined {
  if (FRAMING.has(name.toLowerCase())) return `the header ${name} is set by the connection and cannot be given`
  if (/^connection$/i.test(name) && !value.split(',').every((option) => FIELD_NAME.test(option.trim())))
    return 'the header connection takes names, such as close'
  return fieldProblem(name, value)
}

function problemOf(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name in headers) {
    const problem = headerProblem(name, headers[name] ?? '')
    if (problem !== undefined) return problem
  }
  return undefined
}

function lengthProblem(length: string | undefined, body: Buffer | undefined): string | undefined {
  if (length === undefined || Number(length) === (body?.byteLength ?? 0)) return undefined
  return `the header content-length does not fit the body, which has ${body?.byteLength ?? 0} bytes: leave it out`
}

/** Returns the address with its path replaced or extended. The path is not resolved as a link, because `//elsewhere` would then change the host. */
function placed(base: URL, path: string | undefined): URL {
  const url = new URL(base)
  if (path === undefined) return url
  const mark = path.indexOf('?')
  const name = mark < 0 ? path : path.slice(0, mark)
  url.pathname = name.startsWith('/') ? name : `${url.pathname.replace(/\/$/, '')}/${name}`
  if (mark >= 0) url.search = path.slice(mark)
  return url
}

/** Sets query parameters in an address; each replaces those of the same name that the address already has. */
function setQuery(url: URL, query: HttpRequestFields): void {
  const own = new Set<string>()
  for (const [name, value] of pairsOf(query)) {
    if (own.has(name)) url.searchParams.append(name, value)
    else url.searchParams.set(name, value)
    own.add(name)
  }
}

function pairsOf(fields: HttpRequestFields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, toText(one)]))
}

function contentOf(step: HttpStep): BodyContent | undefined {
  if (step.json !== undefined) return json(step.json)
  // A template that is the whole text renders to the value itself, such as a number.
  if (step.body !== undefined) return text(toText(step.body))
  if (step.multipart !== undefined) return { ...multipartContent(step.multipart), fixedType: true }
  if (step.form === undefined) return undefined
  return { type: 'application/x-www-form-urlencoded', body: Buffer.from(new URLSearchParams(pairsOf(step.form)).toString()) }
}

function messageContent(body: unknown): BodyContent | undefined {
  if (isFormBody(body)) return { ...multipartContent(body['multipart/form-data']), fixedType: true }
  return typeof body === 'string' ? text(body) : json(body)
}

function text(body: string): BodyContent {
  return { type: 'text/plain;charset=utf-8', body: Buffer.from(body) }
}

function json(body: unknown): BodyContent | undefined {
  if (body === undefined) return undefined
  return { type: 'application/json', body: Buffer.from(body instanceof JsonText ? body.text : JSON.stringify(body)) }
}

function asQuery(body: unknown): Scalars {
  if (typeof body !== 'object' || body === null) return body === undefined ? {} : { message: String(body) }
  const fields = Object.entries(body).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  )
}

/**
 * Converts the command line's flags `--data` and `--method` to a `request:` block. If no header flag sets the content type, data that is JSON is sent
 * as JSON, and any other data as a form.
 */
export function flagRequest({ data, method, typed }: RequestFlags): Readonly<Record<string, unknown>> {
  const type = jsonIn(data ?? '') === undefined ? 'application/x-www-form-urlencoded' : 'application/json'
  return {
    ...(method === undefined ? {} : { method }),
    ...(data === undefined ? {} : { body: data }),
    ...(data === undefined || typed ? {} : { headers: { 'content-type': type } }),
  }
}
