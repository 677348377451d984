/** Postman collections (v2.0 and v2.1) as requests. */
import { UsageError } from '../../errors.ts'
import { isMap } from '../foreign/fields.ts'
import { type ForeignOptions, mapTexts, Vault } from '../foreign/literal.ts'
import type { Data } from '../template.ts'
import { bodyOf } from './body.ts'
import { filePart, type ImportedPart, valuePart } from './multipart.ts'
import { PostmanVariables } from './postman-variables.ts'
import type { Imported, ImportedBody, ImportedRequest } from './request.ts'

/** Whether plain data is a collection. */
export function isPostman(value: unknown): value is Data {
  return isMap(value) && Array.isArray(value.item) && isMap(value.info)
}

/** The requests of a collection, folder by folder. @throws UsageError when there are none */
export function importPostman(collection: Data, options: ForeignOptions = {}): Imported {
  const notes: string[] = []
  const variables = new PostmanVariables(collection.variable, new Vault(options, notes), notes)
  const reader = new Collection(variables, notes)
  const requests = reader.folder(collection, [], collection.auth)
  if (requests.length === 0) throw new UsageError('the collection holds no requests')
  const { name } = isMap(collection.info) ? collection.info : {}
  return { name: String(name ?? 'imported from Postman'), requests, vars: variables.vars, notes }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const enabled = (value: unknown): Data[] =>
  Array.isArray(value) ? value.filter(isMap).filter(({ disabled }) => disabled !== true) : []

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
    const own = items.flatMap((item) => this.folder(item, [...names, textOf(item.name)], item.auth ?? auth))
    return node.request === undefined ? own : [this.request(node.request, names.at(-1) ?? 'request', auth), ...own]
  }

  private request(value: unknown, name: string, inherited: unknown): ImportedRequest {
    const request = isMap(value) ? value : { url: value }
    const headers = enabled(request.header).map(
      ({ key, value: text }) => [textOf(key), this.variables.text(textOf(text))] as const,
    )
    const credentials = this.credentials(request.auth ?? inherited, name)
    const body = this.body(isMap(request.body) ? request.body : {}, headers, name)
    const url = this.url(request.url)
    const query = credentials.query === '' ? '' : `${url.includes('?') ? '&' : '?'}${credentials.query}`
    const json = body?.kind === 'text' && isJson(request.body) && !headers.some(([key]) => key.toLowerCase() === 'content-type')
    return {
      name,
      method: textOf(request.method).toUpperCase() || 'GET',
      url: url + query,
      headers: [...headers, ...credentials.headers, ...(json ? [['content-type', 'application/json'] as const] : [])],
      body,
    }
  }

  private url(value: unknown): string {
    const raw = isMap(value) ? textOf(value.raw) : textOf(value)
    const values = new Map(isMap(value) ? enabled(value.variable).map(({ key, value: text }) => [textOf(key), textOf(text)]) : [])
    const active = isMap(value) && Array.isArray(value.query) ? withQuery(raw, enabled(value.query)) : raw
    const [, origin = '', rest = ''] = /^((?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*)(.*)$/is.exec(active) ?? []
    const placed = rest.replace(/\/:(\w+)/g, (all, name: string) => (values.has(name) ? `/${values.get(name)}` : all))
    const host = this.variables.filled(origin)
    const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(host) || host.startsWith('{{') ? host : `http://${host}`
    return this.variables.text(absolute + placed)
  }

  private body(body: Data, headers: readonly (readonly [string, string])[], name: string): ImportedBody | undefined {
    switch (body.mode) {
      case 'raw':
        return this.raw(body, headers.find(([key]) => key.toLowerCase() === 'content-type')?.[1])
      case 'urlencoded':
        return { kind: 'form', fields: this.fields(body.urlencoded) }
      case 'graphql':
        return { kind: 'json', value: this.graphql(isMap(body.graphql) ? body.graphql : {}) }
      case 'formdata':
        return this.multipart(enabled(body.formdata), name)
      default:
        if (body.mode !== undefined) this.notes.push(`${name}: a body of kind ${String(body.mode)} was left out`)
        return undefined
    }
  }

  private raw(body: Data, type: string | undefined): ImportedBody | undefined {
    const text = textOf(body.raw)
    if (text === '') return undefined
    const json = isJson(body) || (type === undefined && /^\s*[{[]/.test(text))
    const found = bodyOf(text, type ?? (json ? 'application/json' : undefined))
    if (found.kind !== 'json') return { kind: 'text', text: this.variables.text(text) }
    return { kind: 'json', value: mapTexts(found.value, (one) => this.variables.text(one)) }
  }

  private multipart(list: readonly Data[], where: string): ImportedBody | undefined {
    const parts = list.flatMap((field) => this.parts(field, where))
    return parts.length === 0 ? undefined : { kind: 'multipart', parts }
  }

  /** `src` is one path, or a list of them; none when nobody chose a file. */
  private parts({ key, value, type, src, contentType }: Data, where: string): ImportedPart[] {
    const [name, content] = [this.variables.text(textOf(key)), this.variables.text(textOf(contentType))]
    if (type !== 'file') return [valuePart(name, this.variables.text(textOf(value)), content)]
    const paths = Array.isArray(src) && src.length > 0 ? src : [src]
    return paths.map((path) => filePart({ name, path: textOf(path), type: content }, where, this.notes))
  }

  private fields(list: unknown): Record<string, string> {
    return Object.fromEntries(enabled(list).map(({ key, value }) => [textOf(key), this.variables.text(textOf(value))]))
  }

  private graphql({ query, variables }: Data): Data {
    const text = textOf(variables)
    const found = text === '' ? undefined : bodyOf(text, 'application/json')
    const values = found?.kind === 'json' ? mapTexts(found.value, (one) => this.variables.text(one)) : {}
    return { query: this.variables.text(textOf(query)), variables: values }
  }

  private credentials(value: unknown, name: string): { headers: (readonly [string, string])[]; query: string } {
    const auth = isMap(value) ? value : {}
    const get = (key: string) => this.variables.text(authField(auth, key))
    switch (auth.type) {
      case 'bearer':
        return { headers: [['authorization', `Bearer ${get('token')}`]], query: '' }
      case 'basic': {
        const pair = `${this.variables.filled(authField(auth, 'username'))}:${this.variables.filled(authField(auth, 'password'))}`
        if (!pair.includes('{{'))
          return { headers: [['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]], query: '' }
        this.notes.push(`${name}: user name and password come from variables: set TARGET_BASIC to "name:password" in base64`)
        return { headers: [['authorization', 'Basic ${env.TARGET_BASIC}']], query: '' }
      }
      case 'apikey':
        if (authField(auth, 'in') === 'query') return { headers: [], query: `${get('key')}=${get('value')}` }
        return { headers: [[get('key') || 'x-api-key', get('value')]], query: '' }
      case undefined:
      case 'noauth':
        return { headers: [], query: '' }
      default:
        this.notes.push(`${name}: auth of type ${String(auth.type)} was left out: set auth in the target`)
        return { headers: [], query: '' }
    }
  }
}

function isJson(body: unknown): boolean {
  const options = isMap(body) && isMap(body.options) ? body.options : {}
  return isMap(options.raw) && options.raw.language === 'json'
}

/** v2.1 has a list of keys and values, v2.0 a map. */
function authField(auth: Data, key: string): string {
  const block = auth[String(auth.type)]
  if (isMap(block)) return textOf(block[key])
  const found = enabled(block).find((entry) => entry.key === key)
  return textOf(found?.value)
}

/** Parameters that are switched off stand in the raw address too. */
function withQuery(raw: string, query: readonly Data[]): string {
  const pairs = query.map(({ key, value }) =>
    value === null || value === undefined ? textOf(key) : `${textOf(key)}=${textOf(value)}`,
  )
  const bare = raw.replace(/[?#].*$/s, '')
  return pairs.length === 0 ? bare : `${bare}?${pairs.join('&')}`
}
