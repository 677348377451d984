/** Converts Swagger 2.0 to OpenAPI 3: servers, bodies, parameter schemas and security move to other places. */
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { References } from './references.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']
const STYLES: Readonly<Record<string, Data>> = {
  csv: { style: 'form', explode: false },
  ssv: { style: 'spaceDelimited' },
  tsv: { style: 'form', explode: false },
  pipes: { style: 'pipeDelimited' },
  multi: { style: 'form', explode: true },
}
const FLOWS: Readonly<Record<string, string>> = {
  application: 'clientCredentials',
  password: 'password',
  implicit: 'implicit',
  accessCode: 'authorizationCode',
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Converts a Swagger 2.0 document to OpenAPI 3. Its key `definitions` stays, so that references to it remain valid. */
export function fromSwagger(document: Data, notes: string[]): Data {
  notes.push('Swagger 2.0 was read as OpenAPI 3')
  const references = new References(document, notes)
  const paths = Object.entries(isMap(document.paths) ? document.paths : {}).map(([path, value]) => {
    const item = references.resolve(value)
    const shared = listOf(item.parameters).map((parameter) => references.resolve(parameter))
    const operations = METHODS.flatMap((name) => {
      const operation = item[name]
      return isMap(operation) ? [[name, operationOf(operation, shared, document, references)] as const] : []
    })
    return [path, Object.fromEntries(operations)] as const
  })
  const schemes = Object.entries(isMap(document.securityDefinitions) ? document.securityDefinitions : {})
  return {
    ...document,
    servers: serversOf(document),
    paths: Object.fromEntries(paths),
    components: { securitySchemes: Object.fromEntries(schemes.map(([name, scheme]) => [name, schemeOf(scheme)])) },
  }
}

function serversOf({ host, basePath, schemes }: Data): Data[] {
  const path = typeof basePath === 'string' ? basePath : ''
  if (typeof host !== 'string') return path === '' ? [] : [{ url: path }]
  const known = listOf(schemes)
  const scheme = known.includes('https') || known.length === 0 ? 'https' : String(known[0])
  return [{ url: `${scheme}://${host}${path}` }]
}

function operationOf(operation: Data, shared: readonly Data[], document: Data, references: References): Data {
  const own = listOf(operation.parameters).map((parameter) => references.resolve(parameter))
  const named = new Map([...shared, ...own].map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]))
  const parameters = [...named.values()]
  const types = listOf(operation.consumes ?? document.consumes).map(String)
  const fields = parameters.filter((parameter) => parameter.in === 'formData')
  const body = parameters.find((parameter) => parameter.in === 'body')
  const content =
    body === undefined
      ? formOf(fields, types)
      : { [types.find((type) => /json/i.test(type)) ?? types[0] ?? 'application/json']: { schema: body.schema } }
  return {
    ...operation,
    parameters: parameters.filter((parameter) => !['body', 'formData'].includes(String(parameter.in))).map(parameterOf),
    ...(content === undefined ? {} : { requestBody: { content } }),
  }
}

function parameterOf({ name, in: place, required, collectionFormat, ...schema }: Data): Data {
  const style = place === 'query' ? (STYLES[String(collectionFormat ?? 'csv')] ?? {}) : {}
  return { name, in: place, required, ...style, schema: schemaOf(schema) }
}

/** Returns the schema of a Swagger parameter, which has its schema keys at the top level. */
function schemaOf({ description: _description, allowEmptyValue: _empty, 'x-example': example, ...schema }: Data): Data {
  const file = schema.type === 'file' ? { type: 'string', format: 'binary' } : {}
  return { ...schema, ...file, ...(example === undefined ? {} : { example }) }
}

function formOf(fields: readonly Data[], types: readonly string[]): Data | undefined {
  if (fields.length === 0) return undefined
  const files = fields.some(({ type }) => type === 'file')
  const type = files || types.includes('multipart/form-data') ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
  const properties = fields.map(
    ({ name, in: _place, required: _required, collectionFormat: _format, ...schema }) =>
      [String(name), schemaOf(schema)] as const,
  )
  const encoding = fields.map(
    ({ name, collectionFormat }) => [String(name), STYLES[String(collectionFormat ?? 'csv')] ?? {}] as const,
  )
  return {
    [type]: { schema: { type: 'object', properties: Object.fromEntries(properties) }, encoding: Object.fromEntries(encoding) },
  }
}

function schemeOf(value: unknown): Data {
  const scheme = isMap(value) ? value : {}
  if (scheme.type === 'basic') return { type: 'http', scheme: 'basic' }
  if (scheme.type !== 'oauth2') return scheme
  const flow = FLOWS[String(scheme.flow)] ?? 'implicit'
  return { type: 'oauth2', flows: { [flow]: { tokenUrl: scheme.tokenUrl, scopes: scheme.scopes } } }
}
