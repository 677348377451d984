/** Converts OpenAPI documents: one request per operation, with bodies sampled from schemas. Swagger 2.0 is first converted to version 3. */
import { UsageError } from '../../../errors.ts'
import { isMap } from '../../../text/json.ts'
import { literal } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'
import type { Imported } from '../request/request.ts'
import { Operation } from './operation.ts'
import { References } from './references.ts'
import { securityAuth } from './security.ts'
import { fromSwagger } from './swagger.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const
const NO_SERVER = 'http://127.0.0.1:8080'

/** The largest number of parameters that a note names. */
const MAX_LISTED = 20

/**
 * Returns one request for each operation of an OpenAPI or Swagger 2.0 document, except OPTIONS and TRACE, and the credentials of the target.
 * @throws UsageError when the document has no operations
 */
export function importOpenApi(given: Data): Imported {
  const notes: string[] = []
  const document = given.swagger === undefined ? given : fromSwagger(given, notes)
  const references = new References(document, notes)
  const operations = Object.entries(isMap(document.paths) ? document.paths : {}).flatMap(([path, value]) => {
    const item = references.resolve(value)
    const shared = Array.isArray(item.parameters) ? item.parameters : []
    return METHODS.flatMap((name) => {
      const operation = item[name]
      if (!isMap(operation)) return []
      const call = {
        method: name.toUpperCase(),
        server: serverUrl([operation, item, document], notes),
        path: path.startsWith('/') ? path : `/${path}`,
        operation,
        shared,
      }
      return [new Operation(call, references, notes)]
    })
  })
  const requests = operations.map((operation) => operation.request())
  if (requests.length === 0)
    throw new UsageError(`the ${given.swagger === undefined ? '' : 'Swagger 2.0 '}document has no operations`, 'paths: is empty')
  if (requests.some(({ method }) => method === 'DELETE' || method === 'PUT'))
    notes.push('operations that change or delete data are among the steps: look through them before the first run')
  const leftOut = [...new Set(operations.flatMap((operation) => operation.leftOut))]
  if (leftOut.length > 0) notes.push(`optional parameters without an example are left out: ${listed(leftOut)}`)
  const { title } = references.resolve(document.info)
  return { name: String(title ?? 'imported from OpenAPI'), requests, target: securityAuth(document, references, notes), notes }
}

/** Lists the first of many names, and says how many more there are. */
function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Returns the address of the first server that operation, path or document name; a relative one is appended to that of the level above. */
function serverUrl(nodes: readonly Data[], notes: string[]): string {
  const [own = '', ...around] = nodes.map(firstServer).filter((url) => url !== undefined)
  if (/^https?:\/\//i.test(own)) return own
  const origin = around.flatMap((url) => /^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? [])[0]
  if (origin === undefined) notes.push('the document names no server: set target.url')
  return (origin ?? NO_SERVER) + (own === '' || own.startsWith('/') ? own : `/${own}`)
}

function firstServer({ servers }: Data): string | undefined {
  const [first] = Array.isArray(servers) ? servers.filter(isMap) : []
  if (first === undefined) return undefined
  const variables = isMap(first.variables) ? first.variables : {}
  const url = String(first.url ?? '').replace(/\{([^{}]+)\}/g, (all, name: string) => {
    const variable = variables[name]
    const value = isMap(variable)
      ? (variable.default ?? (Array.isArray(variable.enum) ? variable.enum[0] : undefined))
      : undefined
    return value === undefined ? all : String(value)
  })
  return literal(url.replace(/\/+$/, '').replace(/^\/\//, 'https://'))
}
