import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'
import type { Vault } from '../common/literal.ts'

/** The keys that authentication adds to a target and to its `websocket:` block. */
interface AuthKeys {
  readonly target: Data
  readonly websocket: Data
}

const NOTHING: AuthKeys = { target: {}, websocket: {} }

/**
 * Converts the block `authentication` of a Stream Testbench file to settings of a scenario's `target`. Over WebSocket the credentials are
 * sent in a first message. `vault` replaces secrets by references to environment variables.
 */
export function authKeys(auth: ForeignFields, protocol: string, vault: Vault): AuthKeys {
  const kind = (auth.text('type', 'authType') ?? 'NONE').toUpperCase()
  const inner = auth.map('credentials')
  const secret = (name: string, variable: string) => {
    const value = auth.text(name) ?? inner.text(name)
    if (value === undefined) auth.problem('credentials', `has no ${name}`)
    return vault.keep(value ?? `\${${variable}}`, variable, auth.at(name))
  }
  // Only MQTT can carry the API secret of an API key.
  if (kind === 'API_KEY') inner.take('api_secret')
  const keys = make(kind, protocol, secret)
  if (keys === undefined) auth.problem('type', `${kind} is not known`, 'one of BEARER_TOKEN, BASIC_AUTH, API_KEY, NONE')
  auth.finish()
  inner.finish()
  return keys ?? NOTHING
}

function make(kind: string, protocol: string, secret: (name: string, variable: string) => string): AuthKeys | undefined {
  const socket = protocol === 'websocket'
  switch (kind) {
    case 'NONE':
      return NOTHING
    case 'BEARER_TOKEN':
    case 'BEARER':
      return {
        target: { auth: { type: 'bearer', token: secret('token', 'TARGET_TOKEN') } },
        websocket: socket ? { authIn: 'message' } : {},
      }
    case 'BASIC_AUTH':
    case 'BASIC':
      return {
        target: {
          auth: {
            type: 'basic',
            username: secret('username', 'TARGET_USERNAME'),
            password: secret('password', 'TARGET_PASSWORD'),
          },
        },
        websocket: socket
          ? {
              authIn: 'message',
              authMessage: { type: 'authenticate', credentials: { username: '{{username}}', password: '{{password}}' } },
            }
          : {},
      }
    case 'API_KEY':
      return apiKey(protocol, secret)
    default:
      return undefined
  }
}

function apiKey(protocol: string, secret: (name: string, variable: string) => string): AuthKeys {
  const key = secret('api_key', 'TARGET_API_KEY')
  if (protocol === 'mqtt') {
    // Over MQTT the key is the user name and the secret the password.
    const headers = { 'x-api-key': key, 'x-api-secret': secret('api_secret', 'TARGET_API_SECRET') }
    return { target: { auth: { type: 'headers', headers } }, websocket: {} }
  }
  return {
    target: { auth: { type: 'apiKey', name: 'x-api-key', value: key } },
    websocket:
      protocol === 'websocket'
        ? { authIn: 'message', authHeader: 'x-api-key', authMessage: { type: 'authenticate', api_key: '{{token}}' } }
        : {},
  }
}
