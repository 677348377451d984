/** Targets of Krawall as `target:` blocks. */
import type { Data } from '../template.ts'
import { Fields, isMap } from './fields.ts'
import { type ForeignOptions, literal, mapTexts, Vault } from './literal.ts'

const PROTOCOLS: Readonly<Record<string, string>> = {
  HTTP_REST: 'http',
  HTTP: 'http',
  WEBSOCKET: 'websocket',
  GRPC: 'grpc',
  SSE: 'sse',
}

/** The block for a target, and keys of the scenario that go with it. */
export function krawallTarget(source: unknown, options: ForeignOptions, notes: string[]): { target: Data; vars: Data } {
  const fields = new Fields(source, notes, 'target')
  const type = fields.text('connectorType') ?? 'HTTP_REST'
  const protocol = PROTOCOLS[type]
  if (protocol === undefined) fields.note('connectorType', `${type} is not known; http was taken`)
  const safe = (text: string) => (options.forFile === false ? text : literal(text, { templates: false }))
  const template = fields.map('requestTemplate')
  const target = {
    url: addressFor(safe(fields.text('endpoint', 'url') ?? ''), protocol),
    protocol: protocol ?? 'http',
    dialect: 'generic',
    ...authBlock(fields, new Vault(options, notes)),
    request: requestBlock(template),
    ...responseBlock(fields.map('responseTemplate')),
    ...protocolBlock(fields.map('protocolConfig'), protocol ?? 'http'),
  }
  const vars = template.take('variables')
  template.finish()
  for (const name of ['id', 'name', 'description', 'isActive', 'presetId', 'createdAt', 'updatedAt', 'authType', 'authConfig'])
    fields.take(name)
  fields.finish()
  return { target, vars: isMap(vars) ? vars : {} }
}

/** A gRPC endpoint is written without a scheme there. */
function addressFor(endpoint: string, protocol: string | undefined): string {
  return protocol === 'grpc' && !endpoint.includes('://') ? `grpc://${endpoint}` : endpoint
}

/** `$.a.0.b` is `$.a[0].b` here. */
export function pathOf(path: string): string {
  const keys = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((key) => key !== '')
  return keys.reduce((text, key) => (/^-?\d+$/.test(key) ? `${text}[${key}]` : `${text}.${key}`), '$')
}

/** `${name}` in the structure stands for a variable. */
function requestBlock(template: Fields): Data {
  const path = template.text('messagePath')
  const structure = template.take('structure')
  const filled =
    structure === undefined ? undefined : mapTexts(structure, (text) => text.replace(/\$\{([A-Za-z_]\w*)\}/g, '{{$1}}'))
  return {
    ...(filled === undefined ? {} : { structure: filled }),
    ...(path === undefined ? {} : { messagePath: pathOf(path) }),
  }
}

function responseBlock(template: Fields): Data {
  const text = template.text('responsePath')
  const error = template.text('errorPath')
  const transform = template.text('transform')
  const usage = template.text('tokenUsagePath')
  if (usage !== undefined && pathOf(usage) !== '$.usage')
    template.note(
      'tokenUsagePath',
      `${usage}: token counts are found by themselves under usage; for another place set response.usage`,
    )
  template.finish()
  const block = {
    ...(text === undefined ? {} : { text: pathOf(text) }),
    ...(error === undefined ? {} : { error: pathOf(error) }),
    ...(transform === undefined || transform === 'none' ? {} : { transform }),
  }
  return Object.keys(block).length === 0 ? {} : { response: block }
}

function authBlock(fields: Fields, vault: Vault): Data {
  const type = (fields.text('authType') ?? 'NONE').toUpperCase()
  const config = fields.map('authConfig')
  const keep = (name: string, variable: string) => vault.keep(config.text(name) ?? `\${${variable}}`, variable, config.at(name))
  const auth = authOf(type, config, keep, vault)
  if (auth === undefined && type !== 'NONE') fields.note('authType', `${type} is not known: no credentials are sent`)
  if (config.take('encrypted') !== undefined) config.note('encrypted', 'cannot be read outside of the tool that wrote it')
  config.finish()
  return auth === undefined ? {} : { auth }
}

function authOf(type: string, config: Fields, keep: (name: string, variable: string) => string, vault: Vault): Data | undefined {
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

/** `protoPath`, `packageName`, `serviceName` and `methodName`, with the defaults that they have there. */
function grpcBlock(config: Fields): Data {
  const proto = config.text('protoPath')
  const service = `${config.text('packageName', 'package') ?? 'chat'}.${config.text('serviceName', 'service') ?? 'ChatService'}`
  const method = config.text('methodName', 'method') ?? 'SendMessage'
  const secure = config.flag('useTls', config.flag('useTLS', true))
  if (secure) config.note('useTls', 'is on there unless it says otherwise: an address that begins with grpcs:// uses TLS')
  config.finish()
  return { grpc: { ...(proto === undefined ? {} : { proto }), service, method } }
}

function protocolBlock(config: Fields, protocol: string): Data {
  if (protocol === 'grpc') return grpcBlock(config)
  const method = protocol === 'http' || protocol === 'sse' ? config.text('method') : undefined
  const path = protocol === 'http' || protocol === 'sse' ? config.text('path') : undefined
  const block = {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(path === undefined || path === '/' ? {} : { path: path.replace(/^\//, '') }),
  }
  const headers = config.take('headers')
  const timeout = config.number('timeout', 'timeoutMs')
  const rateLimit = config.take('rateLimit')
  if (rateLimit !== undefined) config.note('rateLimit', 'was left out: the load of a scenario has its own rate')
  config.finish()
  return {
    ...(isMap(headers) ? { headers: mapTexts(headers, String) } : {}),
    ...(timeout === undefined ? {} : { timeouts: { total: `${timeout}ms` } }),
    ...(Object.keys(block).length === 0 ? {} : { [protocol]: block }),
  }
}
