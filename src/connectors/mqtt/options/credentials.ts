import type { TargetAddress } from '../../wire/connector.ts'
import type { MqttOptions } from './options.ts'

/** User name and password of an MQTT CONNECT. */
export interface MqttCredentials {
  readonly username?: string
  readonly password?: Buffer
}

type Naming = Pick<MqttOptions, 'username' | 'usernameHeader' | 'passwordHeader'>

/**
 * Returns user name and password for the CONNECT packet of MQTT. They come from the header `authorization` (basic or bearer), or else from
 * the headers that the options name, or else from the URL.
 */
export function credentialsOf(address: TargetAddress, options: Naming): MqttCredentials {
  const headers = lowerCased(address.headers)
  const { authorization } = headers
  return (
    (authorization && (fromBasic(authorization) ?? fromBearer(authorization, options))) ||
    fromKeys(headers, options) ||
    fromUrl(address.url)
  )
}

/** Returns the headers of an MQTT target, except the headers that hold credentials. */
export function plainHeaders(headers: TargetAddress['headers'], options: Naming): Record<string, string> {
  const taken = ['authorization', options.usernameHeader.toLowerCase(), options.passwordHeader.toLowerCase()]
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !taken.includes(name.toLowerCase())))
}

function fromBasic(authorization: string): MqttCredentials | undefined {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(authorization) ?? []
  if (encoded === undefined) return undefined
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return { username, password: Buffer.from(password) }
}

/** Returns the credentials for a bearer token: the token is the password, and the user name is the one that MQTT requires beside it. */
function fromBearer(authorization: string, options: Naming): MqttCredentials {
  return { username: options.username, password: Buffer.from(authorization.replace(/^Bearer\s+/i, '')) }
}

function fromKeys(headers: Record<string, string>, options: Naming): MqttCredentials | undefined {
  const username = headers[options.usernameHeader.toLowerCase()]
  const password = headers[options.passwordHeader.toLowerCase()]
  if (username === undefined) return undefined
  return { username, ...(password === undefined ? {} : { password: Buffer.from(password) }) }
}

function fromUrl(url: string): MqttCredentials {
  const parsed = URL.parse(url)
  if (!parsed?.username) return {}
  return {
    username: decoded(parsed.username),
    ...(parsed.password ? { password: Buffer.from(decoded(parsed.password)) } : {}),
  }
}

/** Decodes the percent escapes of an address. Escapes that are not valid UTF-8 stay as they are, and so do the topic placeholders %c and %i. */
export function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

function lowerCased(headers: TargetAddress['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
