/** OpenAPI 3 documents as requests: one for each operation, with bodies made from the schemas. */
import { UsageError } from '../../errors.ts'
import { isMap } from '../foreign/fields.ts'
import { literal, mapTexts } from '../foreign/literal.ts'
import type { Data } from '../template.ts'
import { multipartOf } from './openapi-form.ts'
import { securityAuth } from './openapi-security.ts'
import { References } from './references.ts'
import type { Imported, ImportedBody, ImportedRequest } from './request.ts'
import { sampleOf } from './sample.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const
const plain = (text: string) => literal(text, { templates: true })

/** Whether plain data is such a document, of any version. */
export function isOpenApi(value: unknown): value is Data {
  return isMap(value) && (typeof value.openapi === 'string' || typeof value.swagger === 'string') && isMap(value.paths)
}

/** The operations of a document. @throws UsageError for version 2, or when there are none */
export function importOpenApi(document: Data): Imported {
  if (document.swagger !== undefined) throw new UsageError('this is Swagger 2.0', 'convert it to OpenAPI 3 first')
  const notes: string[] = []
  const references = new References(document, notes)
  const base = serverUrl(document, notes)
  const requests = Object.entries(isMap(document.paths) ? document.paths : {}).flatMap(([path, item]) =>
    operationsOf(references.resolve(item)).map(([method, operation, shared]) =>
      new Operation(base + path, method, operation, shared, references, notes).request(),
    ),
  )
  if (requests.length === 0) throw new UsageError('the document has no operations', 'paths: is empty')
  if (requests.some(({ method }) => method === 'DELETE' || method === 'PUT'))
    notes.push('operations that change or delete data are among the steps: look through them before the first run')
  const { title } = references.resolve(document.info)
  return { name: String(title ?? 'imported from OpenAPI'), requests, target: securityAuth(document, references, notes), notes }
}

function operationsOf(item: Data): [string, Data, readonly unknown[]][] {
  const shared = Array.isArray(item.parameters) ? item.parameters : []
  return METHODS.flatMap((method) => {
    const operation = item[method]
    return isMap(operation) ? [[method.toUpperCase(), operation, shared] as [string, Data, readonly unknown[]]] : []
  })
}

/** The first server, its variables filled in. */
function serverUrl({ servers }: Data, notes: string[]): string {
  const [first] = Array.isArray(servers) ? servers.filter(isMap) : []
  const variables = isMap(first?.variables) ? first.variables : {}
  const url = String(first?.url ?? '').replace(/\{(\w+)\}/g, (all, name: string) => {
    const variable = variables[name]
    return isMap(variable) && variable.default !== undefined ? String(variable.default) : all
  })
  const trimmed = plain(url.replace(/\/$/, ''))
  if (/^https?:\/\//i.test(trimmed)) return trimmed
  notes.push('the document names no server: set target.url')
  return `http://127.0.0.1:8080${trimmed}`
}

class Operation {
  private readonly url: string
  private readonly method: string
  private readonly operation: Data
  private readonly parameters: readonly Data[]
  private readonly references: References
  private readonly notes: string[]

  constructor(url: string, method: string, operation: Data, shared: readonly unknown[], references: References, notes: string[]) {
    this.url = url
    this.method = method
    this.operation = operation
    this.references = references
    this.notes = notes
    const own = Array.isArray(operation.parameters) ? operation.parameters : []
    this.parameters = distinct([...shared, ...own].map((parameter) => references.resolve(parameter)))
  }

  request(): ImportedRequest {
    const { operationId, summary } = this.operation
    const title = String(operationId ?? summary ?? `${this.method} ${this.url.replace(/^[a-z]+:\/\/[^/]*/i, '')}`)
    const body = this.body()
    return {
      name: title.replaceAll(/[/{}]+/g, ' '),
      method: this.method,
      url: this.path() + this.query(),
      headers: this.inPlace('header').map(([name, value]) => [name, String(value)]),
      body,
      expect: this.expect(),
    }
  }

  private inPlace(place: string): [string, unknown][] {
    const wanted = this.parameters.filter(
      (parameter) => parameter.in === place && (place === 'path' || parameter.required === true),
    )
    return wanted.map((parameter) => [String(parameter.name), this.sample(parameter)])
  }

  private sample(parameter: Data): unknown {
    const { example, examples, schema, content } = parameter
    const named = this.firstExample(examples)
    const media = isMap(content) ? Object.values(content).find(isMap) : undefined
    if (example !== undefined || named !== undefined) return mapTexts(example ?? named, plain)
    return sampleOf(schema ?? media?.schema, this.references) ?? 'example'
  }

  private firstExample(examples: unknown): unknown {
    const [first] = isMap(examples) ? Object.values(examples) : []
    return first === undefined ? undefined : this.references.resolve(first).value
  }

  private path(): string {
    const values = new Map(this.inPlace('path'))
    return this.url.replace(/\\?\{(\w[\w.-]*)\}/g, (_all, name: string) => String(values.get(name) ?? 'example'))
  }

  private query(): string {
    const pairs = this.inPlace('query').map(([name, value]) => `${encodeURIComponent(name)}=${queryText(value)}`)
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`
  }

  private body(): ImportedBody | undefined {
    const { content } = this.references.resolve(this.operation.requestBody)
    const media = Object.entries(isMap(content) ? content : {})
    const [type, found] = media.find(([name]) => /json/i.test(name)) ?? media[0] ?? []
    if (type === undefined) return undefined
    const { example, examples, schema } = this.references.resolve(found)
    const given = example ?? this.firstExample(examples)
    const value = given === undefined ? sampleOf(schema, this.references) : mapTexts(given, plain)
    if (/^multipart\/form-data/i.test(type)) {
      const parts = multipartOf(this.references.resolve(found), value, this.references, `${this.method} ${this.url}`, this.notes)
      return parts.length === 0 ? undefined : { kind: 'multipart', parts }
    }
    return this.bodyAs(type, value)
  }

  private bodyAs(type: string, value: unknown): ImportedBody | undefined {
    if (/json/i.test(type)) return { kind: 'json', value: value ?? {} }
    if (/form-urlencoded/i.test(type) && isMap(value))
      return { kind: 'form', fields: Object.entries(value).map(([key, item]) => [key, String(item)]) }
    if (/^text\//i.test(type)) return { kind: 'text', text: String(value ?? 'example') }
    this.notes.push(`${this.method} ${this.url}: a body of type ${type} cannot be made up, and was left out`)
    return undefined
  }

  /** The statuses of success that are documented. */
  private expect(): Data[] {
    const codes = Object.keys(isMap(this.operation.responses) ? this.operation.responses : {}).filter((code) =>
      /^2(?:\d\d|XX)$/i.test(code),
    )
    const statuses = codes.map((code) => (/xx/i.test(code) ? '2xx' : Number(code)))
    return statuses.length === 0 ? [] : [{ status: statuses.length === 1 ? statuses[0] : statuses }]
  }
}

/** A parameter of the operation stands before one of the path with the same name. */
function distinct(parameters: readonly Data[]): Data[] {
  return [...new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values()]
}

/** A template stays one: it is encoded when it was filled in. */
function queryText(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : isMap(value) ? JSON.stringify(value) : String(value)
  return text.startsWith('{{') ? text : encodeURIComponent(text)
}
