import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { ForeignFields } from '../common/fields.ts'
import { type ForeignOptions, mapTexts, Vault, withoutReferences } from '../common/literal.ts'
import type { Notes } from '../common/notes.ts'

const PROTOCOLS: Readonly<Record<string, string>> = {
  HTTP_REST: 'http',
  HTTP: 'http',
  WEBSOCKET: 'websocket',
  GRPC: 'grpc',
  SSE: 'sse',
}

/** Converts a target of a Krawall file to a scenario's `target:` block, and returns the variables that this block needs. */
export function krawallTarget(source: unknown, options: ForeignOptions, notes: Notes): { target: Data; vars: Data } {
  const fields = new ForeignFields(source, notes, 'target')
  const type = fields.text('connectorType') ?? 'HTTP_REST'
  const protocol = PROTOCOLS[type]
  if (protocol === undefined) fields.note('connectorType', `${type} is not known; http was taken`)
  const safe = (text: string) => withoutReferences(text, options)
  const template = fields.map('requestTemplate')
  const { model, ...vars } = varsOf(template)
  const config = fields.map('protocolConfig')
  const persona = config.text('persona')
  const target = {
    url: addressFor(safe(fields.text('endpoint', 'url') ?? ''), protocol),
    protocol: protocol ?? 'http',
    dialect: 'generic',
    ...authBlock(fields, new Vault(options, notes)),
    // A variable named `model` would hide the target's model.
    ...(model === undefined ? {} : { model: String(model) }),
    request: withPersona(requestBlock(template, { ...vars, model }), persona),
    ...responseBlock(fields.map('responseTemplate')),
    ...protocolBlock(config, protocol ?? 'http', persona),
  }
  template.finish()
  for (const name of ['id', 'name', 'description', 'isActive', 'presetId', 'createdAt', 'updatedAt', 'authType', 'authConfig'])
    fields.take(name)
  fields.finish()
  return { target, vars }
}

function varsOf(template: ForeignFields): Data {
  const vars = template.take('variables')
  return isMap(vars) ? vars : {}
}

/** Returns the address for a converted target. The tool Krawall writes gRPC endpoints without a scheme, which is added. */
function addressFor(endpoint: string, protocol: string | undefined): string {
  return protocol === 'grpc' && !endpoint.includes('://') ? `grpc://${endpoint}` : endpoint
}

/** Converts a path as the tool Krawall writes it to a JSONPath: `$.a.0.b` becomes `$.a[0].b`. */
export function pathOf(path: string): string {
  const keys = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((key) => key !== '')
  return keys.reduce((text, key) => (/^-?\d+$/.test(key) ? `${text}[${key}]` : `${text}.${key}`), '$')
}

/** Makes the `request:` block from a request template of the tool Krawall; `${name}` in its structure becomes a reference to a variable. */
function requestBlock(template: ForeignFields, vars: Data): Data {
  const path = template.text('messagePath')
  const structure = template.take('structure')
  const filled =
    structure === undefined ? undefined : mapTexts(structure, (text) => text.replace(/\$\{([A-Za-z_]\w*)\}/g, '{{$1}}'))
  if (isMap(structure)) noteBareWords(structure, template, vars)
  return {
    ...(filled === undefined ? {} : { structure: filled }),
    ...(path === undefined ? {} : { messagePath: pathOf(path) }),
  }
}

/** Warns of values in another tool's request that are the bare name of a variable: they are sent literally, where `${name}` was probably meant. */
function noteBareWords(structure: Data, template: ForeignFields, vars: Data): void {
  for (const [key, value] of Object.entries(structure)) {
    if (typeof value === 'string' && (Object.hasOwn(vars, value) || value === 'model'))
      template.note(`structure.${key}`, `is the plain word "${value}", and is sent as it is: for the value write {{${value}}}`)
  }
}

/** Adds the persona (a text about the simulated user) to the body of a request; the tool Krawall sends it in a header and in the body. */
function withPersona(request: Data, persona: string | undefined): Data {
  if (persona === undefined) return request
  const { structure = {}, messagePath = '$.message' } = request
  return isMap(structure) ? { ...request, structure: { ...structure, persona }, messagePath } : request
}

/** For each provider's usage record, by its name, the names of its token counts. */
const COUNTS: Readonly<Record<string, { readonly input: string; readonly output: string }>> = {
  usageMetadata: { input: 'promptTokenCount', output: 'candidatesTokenCount' },
}

function usageBlock(template: ForeignFields): Data {
  const written = template.text('tokenUsagePath')
  const path = written === undefined ? '$.usage' : pathOf(written)
  if (path === '$.usage') return {}
  const { input, output } = COUNTS[path.split('.').at(-1) ?? ''] ?? { input: 'prompt_tokens', output: 'completion_tokens' }
  template.note(
    'tokenUsagePath',
    `${written}: the counts are taken to be ${input} and ${output} in it; if they are not, change response.usage`,
  )
  return { usage: { input: `${path}.${input}`, output: `${path}.${output}` } }
}

function responseBlock(template: ForeignFields): Data {
  const text = template.text('responsePath')
  const error = template.text('errorPath')
  const transform = template.text('transform')
  const usage = usageBlock(template)
  template.finish()
  const block = {
    ...(text === undefined ? {} : { text: pathOf(text) }),
    ...(error === undefined ? {} : { error: pathOf(error) }),
    ...(transform === undefined || transform === 'none' ? {} : { transform }),
    ...usage,
  }
  return Object.keys(block).length === 0 ? {} : { response: block }
}

function authBlock(fields: ForeignFields, vault: Vault): Data {
  const type = (fields.text('authType') ?? 'NONE').toUpperCase()
  const config = fields.map('authConfig')
  const keep = (name: string, variable: string) => vault.keep(config.text(name) ?? `\${${variable}}`, variable, config.at(name))
  const auth = authOf(type, config, keep, vault)
  if (auth === undefined && type !== 'NONE') fields.note('authType', `${type} is not known: no credentials are sent`)
  if (config.take('encrypted') !== undefined) config.note('encrypted', 'cannot be read outside of the tool that wrote it')
  config.finish()
  return auth === undefined ? {} : { auth }
}

function authOf(
  type: string,
  config: ForeignFields,
  keep: (name: string, variable: string) => string,
  vault: Vault,
): Data | undefined {
  switch (type) {
    case 'BEARER_TOKEN':
      return { type: 'bearer', token: keep('token', 'TARGET_TOKEN') }
    case 'API_KEY':
      return {
        type: 'apiKey',
        name: config.text('headerName') ?? 'x-api-key',
        value: keep(config.has('key') ? 'key' : 'apiKey', 'TARGET_API_KEY'),
      }
    case 'BASIC_AUTH':
      return { type: 'basic', username: keep('username', 'TARGET_USERNAME'), password: keep('password', 'TARGET_PASSWORD') }
    case 'CUSTOM_HEADER': {
      const headers = config.take('headers')
      const entries = Object.entries(isMap(headers) ? headers : {})
      const kept = entries.map(([name, value]) => [
        name,
        vault.keep(String(value), variableOf(name), config.at(`headers.${name}`)),
      ])
      return { type: 'headers', headers: Object.fromEntries(kept) }
    }
    case 'OAUTH2':
      return {
        type: 'oauth2',
        tokenUrl: config.text('tokenUrl') ?? '',
        clientId: keep('clientId', 'TARGET_CLIENT_ID'),
        clientSecret: keep('clientSecret', 'TARGET_CLIENT_SECRET'),
        ...(config.has('scope') ? { scope: config.text('scope') } : {}),
      }
    default:
      return undefined
  }
}

function variableOf(header: string): string {
  return `TARGET_${header.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`
}

/** Makes the `grpc:` block from the keys `protoPath`, `packageName`, `serviceName` and `methodName` of the tool Krawall, with its defaults. */
function grpcBlock(config: ForeignFields): Data {
  const proto = config.text('protoPath')
  const service = `${config.text('packageName', 'package') ?? 'chat'}.${config.text('serviceName', 'service') ?? 'ChatService'}`
  const method = config.text('methodName', 'method') ?? 'SendMessage'
  const secure = config.flag('useTls', config.flag('useTLS', true))
  if (secure) config.note('useTls', 'is on by default in Krawall: an address that begins with grpcs:// uses TLS')
  config.finish()
  return { grpc: { ...(proto === undefined ? {} : { proto }), service, method } }
}

/** The time limit that the tool Krawall has for a message unless its file sets another, in ms. */
export const MESSAGE_TIMEOUT_MS = 30_000

function protocolBlock(config: ForeignFields, protocol: string, persona: string | undefined): Data {
  const total = { timeouts: { total: `${config.number('timeout', 'timeoutMs') ?? MESSAGE_TIMEOUT_MS}ms` } }
  if (protocol === 'grpc') return { ...grpcBlock(config), ...total }
  const method = protocol === 'http' || protocol === 'sse' ? config.text('method') : undefined
  const path = protocol === 'http' || protocol === 'sse' ? config.text('path') : undefined
  const block = {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(path === undefined || path === '/' ? {} : { path: path.replace(/^\//, '') }),
  }
  const headers = config.take('headers')
  const query = config.take('query', 'queryParams', 'params')
  const all = { ...(isMap(headers) ? headers : {}), ...(persona === undefined ? {} : { 'X-Persona': persona }) }
  const rateLimit = rateLimitOf(config.take('rateLimit'))
  config.finish()
  return {
    ...(Object.keys(all).length === 0 ? {} : { headers: mapTexts(all, String) }),
    ...(isMap(query) ? { query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])) } : {}),
    ...total,
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(Object.keys(block).length === 0 ? {} : { [protocol]: block }),
  }
}

/** Converts the rate limit of the tool Krawall, which holds for each session: 10 requests a second and 20 at once by default. */
function rateLimitOf(block: unknown): Data | undefined {
  if (!isMap(block) || block.enabled === false) return undefined
  const { maxRequestsPerSecond = 10, burstSize = 20, backpressure = 'wait' } = block
  return {
    requests: `${String(maxRequestsPerSecond)}/s`,
    burst: burstSize as number,
    scope: 'user',
    whenFull: String(backpressure),
  }
}
