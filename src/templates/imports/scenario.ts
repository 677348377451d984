/** Imported requests become a scenario: one target, a step for each request. */
import { type ForeignOptions, literal, Names, nameFrom, Vault } from '../foreign/literal.ts'
import { type Data, FEW_ERRORS } from '../template.ts'
import { hideSecrets } from './hide.ts'
import type { Imported, ImportedRequest } from './request.ts'

/** Set by the connection, or of no meaning outside of a browser. */
const NOISE =
  /^(?::.*|host|content-length|connection|accept-encoding|accept-language|user-agent|keep-alive|transfer-encoding|upgrade|expect|te|trailer|origin|referer|priority|pragma|cache-control|dnt|sec-.*|upgrade-insecure-requests|proxy-connection|if-none-match|if-modified-since|postman-token)$/i
/** The host may be a variable: `{{base}}/path`. */
const ADDRESS = /^((?:[a-z][a-z0-9+.-]*:\/\/|\{\{)[^/?#]*)([^?#]*)(?:\?([^#]*))?/i

/** Paths by which a chat API is known: its replies are then read for text and tokens. */
const DIALECTS: readonly (readonly [RegExp, string])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/v1\/responses$/, 'openai-responses'],
  [/\/v1\/messages$/, 'anthropic'],
  [/:(?:streamG|g)enerateContent$/, 'gemini'],
  [/\/api\/chat$/, 'ollama'],
  [/\/api\/generate$/, 'ollama-generate'],
]

interface Address {
  readonly origin: string
  readonly path: string
  readonly query: string | undefined
}

/** The scenario of what was imported, and notes on what is not the same. */
export function importedScenario(imported: Imported, options: ForeignOptions = {}): { scenario: Data; notes: string[] } {
  const notes = [...imported.notes]
  const vault = new Vault(options, notes)
  const lifted = liftBasic(imported.requests.map(quiet), imported.target, vault)
  const requests = lifted.requests.map((request) => hideSecrets(request, vault))
  const main = mostCommon(requests.map(({ url }) => addressOf(url).origin))
  const inside = requests.filter(({ url }) => addressOf(url).origin === main)
  const shared = sharedHeaders(inside)
  const names = new Names()
  const scenario = {
    name: nameFrom(imported.name, 'imported'),
    target: { url: main, ...dialectOf(inside), ...imported.target, ...lifted.auth, ...credentials(shared, imported.target) },
    ...(imported.vars && Object.keys(imported.vars).length > 0 ? { vars: imported.vars } : {}),
    load: [{ iterations: 10, users: 1 }],
    steps: requests.flatMap((request) => stepsOf(request, main, shared, names)),
    thresholds: [FEW_ERRORS],
  }
  return { scenario, notes: [...new Set(notes)] }
}

function addressOf(url: string): Address {
  const [, origin = url, path = '', query] = ADDRESS.exec(url) ?? []
  return { origin, path: path === '' ? '/' : path, query }
}

function quiet(request: ImportedRequest): ImportedRequest {
  return { ...request, headers: request.headers.filter(([name]) => !NOISE.test(name)) }
}

/** One user name and password for all requests become `auth`, where they can be read. */
function liftBasic(
  requests: readonly ImportedRequest[],
  target: Data | undefined,
  vault: Vault,
): { requests: readonly ImportedRequest[]; auth: Data } {
  const values = new Set(requests.map(({ headers }) => headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1]))
  const [only] = values
  const encoded = values.size === 1 ? /^Basic ([A-Za-z0-9+/=_-]+)$/.exec(only ?? '')?.[1] : undefined
  const [, username, password] =
    /^([^:]*):(.*)$/s.exec(encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString()) ?? []
  if (username === undefined || password === undefined || target?.auth !== undefined) return { requests, auth: {} }
  const secret = password === '' ? '' : vault.keep(password, 'TARGET_PASSWORD', 'the password')
  return {
    requests: requests.map((request) => ({
      ...request,
      headers: request.headers.filter(([name]) => name.toLowerCase() !== 'authorization'),
    })),
    auth: { auth: { type: 'basic', username: literal(username, { templates: true }), password: secret } },
  }
}

function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce<readonly [string, number]>((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])[0]
}

/** Headers that all of them send with the same value; those of the content belong to each request. */
function sharedHeaders(requests: readonly ImportedRequest[]): ReadonlyMap<string, string> {
  const [first, ...others] = requests.map(({ headers }) => new Map(headers.map(([name, value]) => [name.toLowerCase(), value])))
  const common = [...(first ?? [])].filter(
    ([name, value]) => name !== 'content-type' && others.every((other) => other.get(name) === value),
  )
  return new Map(common)
}

/** Shared headers as keys of the target: a token becomes `auth`. */
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

function stepsOf(request: ImportedRequest, main: string, shared: ReadonlyMap<string, string>, names: Names): Data[] {
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
  const parameters = query === undefined ? undefined : queryOf(query)
  const rest = parameters === undefined && query !== undefined && query !== '' ? `?${query}` : ''
  const place = origin === main ? { path: path + rest } : { url: origin + path + rest }
  return { ...place, ...(parameters && Object.keys(parameters).length > 0 ? { query: parameters } : {}) }
}

/** Parameters by name; undefined when a name comes twice. */
function queryOf(query: string): Record<string, string> | undefined {
  const pairs = [...new URLSearchParams(query)]
  const fields = Object.fromEntries(pairs)
  return Object.keys(fields).length === pairs.length ? fields : undefined
}

function headersOf({ url, headers, body }: ImportedRequest, main: string, shared: ReadonlyMap<string, string>): Data {
  const inside = addressOf(url).origin === main
  const own = headers.filter(([name, value]) => {
    const key = name.toLowerCase()
    if (key === 'content-type') return body?.kind === 'text'
    return !(inside && shared.get(key) === value)
  })
  return own.length === 0 ? {} : { headers: Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), value])) }
}

function contentOf({ body }: ImportedRequest): Data {
  if (body === undefined) return {}
  if (body.kind === 'multipart') return { multipart: body.parts }
  return body.kind === 'json' ? { json: body.value } : body.kind === 'form' ? { form: body.fields } : { body: body.text }
}
