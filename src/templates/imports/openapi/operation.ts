import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { jsonBody } from '../request/body.ts'
import type { FormField, ImportedBody, ImportedRequest } from '../request/request.ts'
import { multipartOf } from './form.ts'
import { withMarks } from './marks.ts'
import type { References } from './references.ts'
import { sampleOf } from './sample.ts'
import { encoded, fieldsOf, headerText, simpleText, textOf } from './style.ts'

/** An operation with the context in which it is called. */
interface OperationCall {
  readonly method: string
  readonly server: string
  /** Path of the OpenAPI operation, with parameter names in braces. */
  readonly path: string
  readonly operation: Data
  /** Parameters that the document defines for the path, and so for each of its operations. */
  readonly shared: readonly unknown[]
}

/** One operation (path and method) of an OpenAPI document, and the request that is made for it. */
export class Operation {
  private readonly call: OperationCall
  private readonly parameters: readonly Data[]
  private readonly references: References
  private readonly notes: string[]

  constructor(call: OperationCall, references: References, notes: string[]) {
    this.call = call
    this.references = references
    this.notes = notes
    const own = Array.isArray(call.operation.parameters) ? call.operation.parameters : []
    this.parameters = distinct([...call.shared, ...own].map((parameter) => references.resolve(parameter)))
  }

  request(): ImportedRequest {
    const { method, operation } = this.call
    const title = String(
      operation.operationId ?? operation.summary ?? `${method} ${this.address.replace(/^[a-z]+:\/\/[^/]*/i, '')}`,
    )
    const { body, type } = this.body()
    const headers = this.inPlace('header').map(
      ({ name, value, parameter }) => [name, withMarks(headerText(name, value, parameter))] as const,
    )
    const cookies = this.inPlace('cookie').flatMap(({ name, value, parameter }) => fieldsOf(name, value, parameter))
    return {
      name: title.replaceAll(/[/{}]+/g, ' '),
      method,
      url: this.path() + this.query(),
      headers: [
        ...headers,
        ...(cookies.length === 0
          ? []
          : [['cookie', withMarks(cookies.map(([name, value]) => `${name}=${value}`).join('; '))] as const]),
        ...(type === undefined ? [] : [['content-type', withMarks(type)] as const]),
      ],
      body,
      expect: this.expect(),
    }
  }

  /** The names of optional parameters that the request leaves out, because the document has no example of them. */
  get leftOut(): string[] {
    return this.parameters.filter((parameter) => !this.isSent(parameter)).map(({ name }) => String(name))
  }

  private isSent(parameter: Data): boolean {
    return parameter.in === 'path' || parameter.required === true || this.isShown(parameter)
  }

  private inPlace(place: string): { name: string; value: unknown; parameter: Data }[] {
    return this.parameters
      .filter((parameter) => parameter.in === place && this.isSent(parameter))
      .map((parameter) => ({ name: String(parameter.name), value: this.sample(parameter), parameter }))
  }

  /** True for an optional query parameter with an example in the document, which is sent; others are left to the server's default. */
  private isShown({ in: place, deprecated, example, examples, schema }: Data): boolean {
    if (place !== 'query' || deprecated === true) return false
    const own = this.references.resolve(schema)
    return [example, this.firstExample(examples), own.example, own.examples].some((shown) => shown !== undefined)
  }

  private sample(parameter: Data): unknown {
    const { example, examples, schema, content } = parameter
    const [type, media] = Object.entries(isMap(content) ? content : {}).find(([, one]) => isMap(one)) ?? []
    const { schema: mediaSchema, example: mediaExample, examples: mediaExamples } = this.references.resolve(media)
    const given = [example, this.firstExample(examples), mediaExample, this.firstExample(mediaExamples)]
    const found = given.find((one) => one !== undefined)
    const value = found ?? sampleOf(schema ?? mediaSchema, this.references) ?? 'example'
    return type !== undefined && typeof value === 'object' ? JSON.stringify(value) : value
  }

  private firstExample(examples: unknown): unknown {
    const [first] = isMap(examples) ? Object.values(examples) : []
    return first === undefined ? undefined : this.references.resolve(first).value
  }

  private path(): string {
    const values = new Map(
      this.inPlace('path').map(({ name, value, parameter }) => [name, simpleText(name, value, parameter)] as const),
    )
    const path = this.call.path.replace(/\{([^{}]+)\}/g, (_all, name: string) => values.get(name) ?? 'example')
    return this.call.server + withMarks(path)
  }

  private query(): string {
    const pairs = this.inPlace('query').flatMap(({ name, value, parameter }) => fieldsOf(name, value, parameter))
    return pairs.length === 0 ? '' : `?${withMarks(pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'))}`
  }

  private get address(): string {
    return this.call.server + this.call.path
  }

  private get where(): string {
    return `${this.call.method} ${this.address}`
  }

  private body(): { body: ImportedBody | undefined; type?: string } {
    const { content } = this.references.resolve(this.call.operation.requestBody)
    const media = Object.entries(isMap(content) ? content : {})
    const [type, found] = media.find(([name]) => /json|^\*\/\*|^application\/\*/i.test(name)) ?? media[0] ?? []
    if (type === undefined) return { body: undefined }
    const block = this.references.resolve(found)
    const { example, examples, schema } = block
    const given = example ?? this.firstExample(examples)
    const value = given ?? sampleOf(schema, this.references)
    if (/^multipart\/form-data/i.test(type)) {
      const parts = multipartOf(block, value, this.references, this.where, this.notes)
      return { body: parts.length === 0 ? undefined : { kind: 'multipart', parts } }
    }
    if (/json|\*/i.test(type))
      return { body: jsonBody(value ?? {}, withMarks), type: type.includes('*') ? 'application/json' : type }
    if (/form-urlencoded/i.test(type)) return { body: formOf(value, block.encoding), type }
    if (/^text\//i.test(type)) return { body: { kind: 'text', text: withMarks(textOf(value ?? 'example')) }, type }
    this.notes.push(`${this.where}: a body of type ${type} has no sample, and was left out`)
    return { body: undefined }
  }

  /** Returns the `expect` checks for the success statuses that the OpenAPI document has for the operation. */
  private expect(): Data[] {
    const { responses } = this.call.operation
    const codes = Object.keys(isMap(responses) ? responses : {}).filter((code) => /^2(?:\d\d|XX)$/i.test(code))
    const statuses = codes.map((code) => (/xx/i.test(code) ? '2xx' : Number(code)))
    return statuses.length === 0 ? [] : [{ status: statuses.length === 1 ? statuses[0] : statuses }]
  }
}

/** Makes the body of a URL-encoded form. By default a list repeats its name for each item, and a map is sent as JSON. */
function formOf(value: unknown, encoding: unknown): ImportedBody {
  if (!isMap(value)) return { kind: 'text', text: withMarks(textOf(value ?? '')) }
  const fields = Object.entries(value).flatMap(([name, item]): FormField[] => {
    const own = isMap(encoding) && isMap(encoding[name]) ? encoding[name] : {}
    if (isMap(item) && own.style === undefined) return [[name, JSON.stringify(item)]]
    return fieldsOf(name, item, own)
  })
  return { kind: 'form', fields: fields.map(([name, item]) => [name, withMarks(item)]) }
}

/** Returns the parameters without duplicates: one of the operation replaces the path's parameter of the same name and place. */
function distinct(parameters: readonly Data[]): Data[] {
  return [...new Map(parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values()]
}
