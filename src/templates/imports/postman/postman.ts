import { asString } from '../../../dialects/parts/json.ts'
import { UsageError } from '../../../errors.ts'
import { isMap } from '../../../text/json.ts'
import { type ForeignOptions, mapTexts, Vault } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'
import { bodyOf, jsonBody } from '../request/body.ts'
import { filePart, type ImportedPart, valuePart } from '../request/multipart.ts'
import type { Imported, ImportedBody, ImportedRequest } from '../request/request.ts'
import { enabled, postmanUrl } from './url.ts'
import { PostmanVariables } from './variables.ts'

/** Reads the requests of a Postman collection, folder by folder. @throws UsageError when there are none */
export function importPostman(collection: Data, options: ForeignOptions = {}): Imported {
  const notes: string[] = []
  const variables = new PostmanVariables(declared(collection), new Vault(options, notes), notes)
  const reader = new Collection(variables, notes)
  const requests = reader.folder(collection, [], collection.auth)
  if (requests.length === 0) throw new UsageError('the collection holds no requests')
  const { name } = isMap(collection.info) ? collection.info : {}
  return { name: String(name ?? 'imported from Postman'), requests, vars: variables.vars, notes }
}

/** Returns the variables of a Postman collection or folder, and of the folders in it. */
function declared(node: Data): Data[] {
  const [own, items] = [node.variable, node.item].map((list) => (Array.isArray(list) ? list.filter(isMap) : []))
  return [...(own ?? []), ...(items ?? []).flatMap(declared)]
}

class Collection {
  private readonly variables: PostmanVariables
  private readonly notes: string[]

  constructor(variables: PostmanVariables, notes: string[]) {
    this.variables = variables
    this.notes = notes
  }

  folder(node: Data, names: readonly string[], auth: unknown): ImportedRequest[] {
    const scripts = Array.isArray(node.event) ? node.event.filter(isMap).length : 0
    const where = names.length === 0 ? 'the collection' : names.join(' / ')
    if (scripts > 0)
      this.notes.push(`${where}: ${scripts === 1 ? 'a script was' : `${scripts} scripts were`} left out; use capture and expect`)
    const items = Array.isArray(node.item) ? node.item.filter(isMap) : []
    const own = items.flatMap((item) => this.folder(item, [...names, asString(item.name)], authOr(item.auth, auth)))
    return node.request === undefined ? own : [this.request(node.request, names.at(-1) ?? 'request', auth), ...own]
  }

  private request(value: unknown, name: string, inherited: unknown): ImportedRequest {
    const request = isMap(value) ? value : { url: value }
    const headers = headersOf(request.header).map(
      ([key, text]) => [this.variables.filled(key), this.variables.text(text)] as const,
    )
    const credentials = this.credentials(authOr(request.auth, inherited), name)
    const block = isMap(request.body) && request.body.disabled !== true ? request.body : {}
    const body = this.body(block, headers, name)
    const url = this.url(request.url, name)
    const query = credentials.query === '' ? '' : `${url.includes('?') ? '&' : '?'}${credentials.query}`
    const json = body?.kind === 'text' && isJson(block) && !headers.some(([key]) => key.toLowerCase() === 'content-type')
    const { basic } = credentials
    return {
      name,
      method: asString(request.method).trim().toUpperCase() || 'GET',
      url: url + query,
      headers: [...headers, ...credentials.headers, ...(json ? [['content-type', 'application/json'] as const] : [])],
      body,
      ...(basic === undefined ? {} : { basic }),
    }
  }

  private url(value: unknown, name: string): string {
    const written = postmanUrl(value, name, this.notes).trim()
    const [, origin = '', rest = ''] = /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:\{\{[^{}]*\}\}|[^/?#])*)(.*)$/is.exec(written) ?? []
    const host = this.variables.filled(origin)
    const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(host) || host.startsWith('{{') ? host : `http://${host}`
    return this.variables.text(absolute + rest)
  }

  private body(body: Data, headers: readonly (readonly [string, string])[], name: string): ImportedBody | undefined {
    switch (body.mode) {
      case 'raw':
        return this.raw(body, headers.find(([key]) => key.toLowerCase() === 'content-type')?.[1])
      case 'urlencoded':
        return this.form(body.urlencoded)
      case 'graphql':
        return jsonBody(
          graphql(isMap(body.graphql) ? body.graphql : {}),
          (text) => this.variables.quoted(text),
          (text) => this.variables.text(text),
        )
      case 'formdata':
        return this.multipart(enabled(body.formdata), name)
      default:
        if (body.mode !== undefined) this.notes.push(`${name}: a body of kind ${String(body.mode)} was left out`)
        return undefined
    }
  }

  private raw(body: Data, type: string | undefined): ImportedBody | undefined {
    const text = asString(body.raw)
    if (text === '') return undefined
    const json = isJson(body) || (type === undefined && /^\s*[{[]/.test(text))
    const found = bodyOf(text, type ?? (json ? 'application/json' : undefined))
    // A scenario does not fill templates in keys, so such a body stays text.
    if (found.kind !== 'json' || /\{\{[^{}"]*\}\}[^"{}]*"\s*:/.test(text))
      return { kind: 'text', text: this.variables.text(text) }
    return { kind: 'json', value: mapTexts(found.value, (one) => this.variables.quoted(one)) }
  }

  private multipart(list: readonly Data[], where: string): ImportedBody | undefined {
    const parts = list.flatMap((field) => this.parts(field, where))
    return parts.length === 0 ? undefined : { kind: 'multipart', parts }
  }

  /** Returns the parts of one form field; a file field has one path, a list of paths, or none. */
  private parts({ key, value, type, src, contentType }: Data, where: string): ImportedPart[] {
    const [name, content] = [this.variables.text(asString(key)), this.variables.text(asString(contentType))]
    if (type !== 'file') return [valuePart(name, this.variables.text(asString(value)), content)]
    const paths = Array.isArray(src) && src.length > 0 ? src : [src]
    return paths.map((path) => filePart({ name, path: asString(path), type: content }, where, this.notes))
  }

  private form(list: unknown): ImportedBody | undefined {
    if (typeof list === 'string') return { kind: 'text', text: this.variables.text(list) }
    const fields = enabled(list).map(
      ({ key, value }) => [this.variables.filled(asString(key)), this.variables.text(asString(value))] as const,
    )
    return fields.length === 0 ? undefined : { kind: 'form', fields }
  }

  private credentials(value: unknown, name: string): PostmanCredentials {
    const auth = isMap(value) ? value : {}
    const get = (key: string) => this.variables.text(authField(auth, key))
    const none = { headers: [], query: '' }
    switch (auth.type) {
      case 'bearer':
        return { headers: [['authorization', `Bearer ${get('token')}`]], query: '' }
      case 'oauth2':
        if (get('accessToken') === '') break
        return { headers: [['authorization', `${get('headerPrefix').trim() || 'Bearer'} ${get('accessToken')}`]], query: '' }
      case 'basic':
        return { ...none, basic: { username: get('username'), password: get('password') } }
      case 'apikey':
        if (authField(auth, 'in') === 'query') return { headers: [], query: `${get('key')}=${get('value')}` }
        return { headers: [[get('key') || 'x-api-key', get('value')]], query: '' }
      case undefined:
      case 'noauth':
        return none
    }
    this.notes.push(`${name}: auth of type ${String(auth.type)} was left out: set auth in the target`)
    return none
  }
}

interface PostmanCredentials {
  readonly headers: (readonly [string, string])[]
  readonly query: string
  readonly basic?: ImportedRequest['basic']
}

/** Returns the `auth` of a folder or request: its own, otherwise that of the folder around it. */
function authOr(own: unknown, inherited: unknown): unknown {
  return isMap(own) && own.type !== 'inherit' ? own : inherited
}

/** Returns the headers of a Postman request, which may be written as a list or as lines of text. */
function headersOf(value: unknown): [string, string][] {
  if (typeof value !== 'string') return enabled(value).map(({ key, value: text }) => [asString(key).trim(), asString(text)])
  return value.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, key, text] = /^\s*([^:]+?)\s*:\s*(.*?)\s*$/.exec(line) ?? []
    return key === undefined || text === undefined ? [] : [[key, text]]
  })
}

function graphql({ query, variables }: Data): Data {
  const text = asString(variables)
  const found = text === '' ? undefined : bodyOf(text, 'application/json')
  return { query: asString(query), variables: found?.kind === 'json' ? found.value : {} }
}

function isJson(body: unknown): boolean {
  const options = isMap(body) && isMap(body.options) ? body.options : {}
  return isMap(options.raw) && options.raw.language === 'json'
}

/** Returns a field of an `auth` block, which is a list of keys and values in v2.1 and a map in v2.0; '' for none. */
function authField(auth: Data, key: string): string {
  const block = auth[String(auth.type)]
  if (isMap(block)) return asString(block[key])
  const found = enabled(block).find((entry) => entry.key === key)
  return asString(found?.value)
}
