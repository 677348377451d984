import { isMap } from '../../text/json.ts'
import { type ForeignOptions, LiteralNames, literal, mapTexts, nameFrom, Vault } from '../foreign/common/literal.ts'
import { type Data, FEW_ERRORS } from '../template.ts'
import { hideSecrets } from './hide.ts'
import { fieldMap, formFields } from './request/body.ts'
import { fitsFile } from './request/fits.ts'
import type { FormField, Imported, ImportedBody, ImportedRequest } from './request/request.ts'
import { bounded, sendable } from './request/sendable.ts'
import { socketParts } from './socket-steps.ts'

/** Matches an address, and captures origin, path and query. The origin may be a variable: `{{base}}/path`, `${env.BASE}/path`. */
const ADDRESS = /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:\$\{env\.[^}]*\}|\{\{[^}]*\}\}|[^/?#])*)([^?#]*)(?:\?([^#]*))?/i

/** Paths of known chat APIs, each with the dialect that reads text and tokens of their replies. */
const DIALECTS: readonly (readonly [RegExp, string])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/v1\/responses$/, 'openai-responses'],
  [/\/v1\/messages$/, 'anthropic'],
  [/:(?:streamG|g)enerateContent$/, 'gemini'],
  [/\/api\/chat$/, 'ollama'],
  [/\/api\/generate$/, 'ollama-generate'],
  [/^\/generate(?:_stream)?$/, 'tgi-generate'],
]

interface Address {
  readonly origin: string
  readonly path: string
  readonly query: string | undefined
}

/**
 * Returns a scenario from what was read from another tool's file, with a step for each request and each WebSocket message. The notes say what the
 * scenario does differently.
 * @throws UsageError when nothing of it can be sent, or fits into a scenario
 */
export function importedScenario(imported: Imported, options: ForeignOptions = {}): { scenario: Data; notes: string[] } {
  const notes = [...imported.notes]
  const vault = new Vault(options, notes)
  const { requests, target, main, shared } = httpParts(imported, vault, notes)
  const names = new LiteralNames()
  const sockets = socketParts(imported.sockets ?? [], names, vault)
  const named = Object.keys(sockets.targets).length > 0
  const http = requests.map((request) => stepsOf(request, main, shared, names).map((step) => (named ? toTarget(step) : step)))
  const targets = { ...(requests.length > 0 ? { [HTTP]: target } : {}), ...sockets.targets }
  const scenario = {
    name: nameFrom(imported.name, 'imported'),
    ...(named ? { targets } : { target }),
    ...(imported.vars && Object.keys(imported.vars).length > 0 ? { vars: imported.vars } : {}),
    load: [{ iterations: 10, users: 1 }],
    steps: bounded([...http, ...sockets.steps], notes),
    ...(imported.onError === undefined ? {} : { onError: imported.onError }),
    thresholds: [FEW_ERRORS],
  }
  const written = readable(scenario, notes)
  return { scenario: written, notes: [...new Set(notes)] }
}

/** Changes texts that burn would refuse: a leading `encrypted:`, and NUL characters in texts with templates. */
function readable(scenario: Data, notes: string[]): Data {
  const changed = mapTexts(scenario, (text) => {
    if (text.startsWith('encrypted:')) return `{{!}}${text}`
    if (!text.includes('\0') || !text.includes('{{')) return text
    notes.push('a NUL character was left out of a text that holds {{')
    return text.replaceAll('\0', '')
  })
  return isMap(changed) ? changed : scenario
}

/** Name of the target for HTTP requests in a scenario with several targets. */
const HTTP = 'http'

const toTarget = (step: Data): Data => (step.request === undefined ? step : { ...step, target: HTTP })

function httpParts(imported: Imported, vault: Vault, notes: string[]) {
  const own = imported.requests.length === 0 && (imported.sockets ?? []).length > 0 ? [] : sendable(imported.requests, notes)
  const lifted = liftBasic(own, imported.target, vault)
  const requests = lifted.requests.map((request) => hideSecrets(request, vault))
  const main = mostCommon(requests.map(({ url }) => addressOf(url).origin))
  const inside = requests.filter(({ url }) => addressOf(url).origin === main)
  const shared = sharedHeaders(inside)
  const target = { url: main, ...dialectOf(inside), ...imported.target, ...lifted.auth, ...credentials(shared, imported.target) }
  return { requests, target, main, shared }
}

function addressOf(url: string): Address {
  const [, origin = url, path = '', query] = ADDRESS.exec(url) ?? []
  return { origin, path: path === '' ? '/' : path, query }
}

/** True for the origin of an address that is a variable, which may also contain a path. */
const isVariable = (origin: string) => /^(?:\$\{env\.|\{\{)/.test(origin)

/** Moves user name and password to the target's `auth` when all requests share them; otherwise they become headers of their requests. */
function liftBasic(
  requests: readonly ImportedRequest[],
  target: Data | undefined,
  vault: Vault,
): { requests: readonly ImportedRequest[]; auth: Data } {
  const read = requests.map(basicOf)
  const [first] = read
  const same = read.every(({ basic }) => basic?.username === first?.basic?.username && basic?.password === first?.basic?.password)
  if (first?.basic === undefined || !same || target?.auth !== undefined)
    return { requests: read.map((request) => withBasicHeader(request, vault)), auth: {} }
  const { username, password } = first.basic
  const kept = password === '' || isVariable(password) ? password : vault.keep(password, 'TARGET_PASSWORD', 'the password')
  return { requests: read, auth: { auth: { type: 'basic', username, password: kept } } }
}

/** Returns the request with user name and password taken from its Basic authorization header, if it has one. */
function basicOf(request: ImportedRequest): ImportedRequest {
  const isAuthorization = (name: string) => name.toLowerCase() === 'authorization'
  const header = request.headers.find(([name]) => isAuthorization(name))?.[1]
  const encoded = /^Basic ([A-Za-z0-9+/=_-]+)$/.exec(header ?? '')?.[1]
  const [, username, password] =
    /^([^:]*):(.*)$/s.exec(encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString()) ?? []
  if (username === undefined || password === undefined) return request
  return {
    ...request,
    headers: request.headers.filter(([name]) => !isAuthorization(name)),
    basic: { username: literal(username), password: literal(password) },
  }
}

function withBasicHeader(request: ImportedRequest, vault: Vault): ImportedRequest {
  const { basic, ...rest } = request
  if (basic === undefined) return request
  const pair = `${basic.username}:${basic.password}`
  const encoded = Buffer.from(pair).toString('base64')
  const where = `${request.name}: "name:password" in base64`
  const value = /\{\{|\$\{/.test(pair) ? vault.keep(pair, 'TARGET_BASIC', where) : encoded
  return { ...rest, headers: [...request.headers, ['authorization', `Basic ${value}`]] }
}

function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce<readonly [string, number]>((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])[0]
}

/** Returns the headers that all requests send with the same value, except headers about the content. */
function sharedHeaders(requests: readonly ImportedRequest[]): ReadonlyMap<string, string> {
  const [first, ...others] = requests.map(({ headers }) => new Map(headers.map(([name, value]) => [name.toLowerCase(), value])))
  const common = [...(first ?? [])].filter(
    ([name, value]) => name !== 'content-type' && others.every((other) => other.get(name) === value),
  )
  return new Map(common)
}

/** Converts the shared headers to keys of the target; a bearer token becomes `auth`. */
function credentials(shared: ReadonlyMap<string, string>, target: Data | undefined): Data {
  const { authorization, ...rest } = Object.fromEntries(shared)
  const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
  const asAuth = token !== undefined && target?.auth === undefined
  const headers = { ...rest, ...(authorization !== undefined && !asAuth ? { authorization } : {}) }
  return { ...(asAuth ? { auth: { type: 'bearer', token } } : {}), ...(Object.keys(headers).length > 0 ? { headers } : {}) }
}

function dialectOf(requests: readonly ImportedRequest[]): Data {
  const found = requests.map(({ url }) => DIALECTS.find(([path]) => path.test(addressOf(url).path))?.[1])
  const [first] = found
  return first !== undefined && found.every((dialect) => dialect === first) ? { dialect: first } : {}
}

function stepsOf(request: ImportedRequest, main: string, shared: ReadonlyMap<string, string>, names: LiteralNames): Data[] {
  const { delayMs = 0, expect } = request
  const step = {
    request: {
      method: request.method,
      ...placeOf(request.url, main),
      ...headersOf(request, main, shared),
      ...contentOf(request),
    },
    name: names.take(request.name, 'request'),
    ...(expect === undefined || expect.length === 0 ? {} : { expect }),
  }
  return delayMs > 0 ? [{ delay: `${Math.round(delayMs)}ms` }, step] : [step]
}

function placeOf(url: string, main: string): Data {
  const { origin, path, query } = addressOf(url)
  const fields = query === undefined ? undefined : readFields(query)
  const names = Object.fromEntries(fields ?? [])
  const once = fields?.length === Object.keys(names).length
  const parameters = fields !== undefined && once && fitsFile(names) ? fieldMap(fields) : undefined
  const rest = parameters === undefined && query !== undefined && query !== '' ? `?${query}` : ''
  const added = isVariable(origin) ? path.slice(1) + rest : path + rest
  const place = origin === main ? (added === '' ? {} : { path: added }) : { url: origin + path + rest }
  return { ...place, ...(parameters ? { query: parameters } : {}) }
}

/** Content types that burn sends by itself for each kind of body, so that the header can be left out; none for text. */
const USUAL_TYPES: Readonly<Record<ImportedBody['kind'], RegExp>> = {
  json: /^application\/json\s*(?:;\s*charset="?utf-?8"?\s*)?$/i,
  form: /^application\/x-www-form-urlencoded\s*(?:;\s*charset="?utf-?8"?\s*)?$/i,
  multipart: /^/,
  text: /^(?!)/,
}

/** Returns the parameters of a query; undefined when decoding would turn braces or dollars in one into a template or reference. */
function readFields(query: string): readonly FormField[] | undefined {
  const fields = formFields(query)
  const marks = (text: string) => text.split(/\{\{|\$\{/).length
  const same = fields !== undefined && marks(fields.flat().join(' ')) === marks(query) && !/%5c/i.test(query)
  return same ? fields : undefined
}

function headersOf({ url, headers, body }: ImportedRequest, main: string, shared: ReadonlyMap<string, string>): Data {
  const inside = addressOf(url).origin === main
  const own = headers.filter(([name, value]) => {
    const key = name.toLowerCase()
    if (key === 'content-type') return body === undefined || !USUAL_TYPES[body.kind].test(value)
    return !(inside && shared.get(key) === value)
  })
  return own.length === 0 ? {} : { headers: Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), value])) }
}

function contentOf({ body }: ImportedRequest): Data {
  if (body === undefined) return {}
  if (body.kind === 'multipart') return { multipart: body.parts }
  return body.kind === 'json'
    ? { json: body.value }
    : body.kind === 'form'
      ? { form: fieldMap(body.fields) }
      : { body: body.text }
}
