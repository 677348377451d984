import { isMap } from '../../../text/json.ts'
import { literal } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'
import { HEADER_NAME } from '../request/sendable.ts'
import type { References } from './references.ts'

/**
 * Returns `{ auth }`, the credentials of a scenario's target, for the first security scheme that an OpenAPI document requires; if it says nothing
 * about that, for the first one that it defines. An empty object without a scheme, or for one that burn does not know.
 */
export function securityAuth(document: Data, references: References, notes: string[]): Data {
  const components = references.resolve(document.components)
  const schemes = isMap(components.securitySchemes) ? components.securitySchemes : {}
  const [first] = Array.isArray(document.security) ? document.security.filter(isMap) : []
  const [name, ...more] = Object.keys(first ?? schemes)
  if (name === undefined) return {}
  if (first !== undefined && more.length > 0) notes.push(`security schemes ${more.join(', ')} are required too: add them by hand`)
  const auth = blockOf(references.resolve(schemes[name]))
  if (auth === undefined) notes.push(`security scheme ${name} has no equivalent in burn: set auth in the target`)
  else notes.push(`security scheme ${name}: set ${variablesIn(auth).join(' and ')} in the environment`)
  return auth === undefined ? {} : { auth }
}

function blockOf({ type, scheme, in: place, name, flows }: Data): Data | undefined {
  if (type === 'http' && /^bearer$/i.test(String(scheme))) return { type: 'bearer', token: '${env.TARGET_TOKEN}' }
  if (type === 'http' && /^basic$/i.test(String(scheme)))
    return { type: 'basic', username: '${env.TARGET_USERNAME}', password: '${env.TARGET_PASSWORD}' }
  if (type === 'apiKey' && (typeof name !== 'string' || name === '' || (place === 'header' && !HEADER_NAME.test(name))))
    return undefined
  if (type === 'apiKey' && (place === 'header' || place === 'query'))
    return { type: 'apiKey', name: literal(String(name)), in: place, value: '${env.TARGET_API_KEY}' }
  if (type === 'apiKey' && place === 'cookie')
    return { type: 'apiKey', name: 'cookie', in: 'header', value: `${literal(String(name))}=\${env.TARGET_API_KEY}` }
  if (type === 'openIdConnect') return { type: 'bearer', token: '${env.TARGET_TOKEN}' }
  return type === 'oauth2' ? oauthBlock(isMap(flows) ? flows : {}) : undefined
}

function oauthBlock({ clientCredentials }: Data): Data {
  if (
    !isMap(clientCredentials) ||
    !/^https?:/i.test(String(clientCredentials.tokenUrl)) ||
    !URL.canParse(String(clientCredentials.tokenUrl))
  )
    return { type: 'bearer', token: '${env.TARGET_TOKEN}' }
  const scopes = Object.keys(isMap(clientCredentials.scopes) ? clientCredentials.scopes : {})
  return {
    type: 'oauth2',
    tokenUrl: literal(String(clientCredentials.tokenUrl)),
    clientId: '${env.TARGET_CLIENT_ID}',
    clientSecret: '${env.TARGET_CLIENT_SECRET}',
    ...(scopes.length > 0 ? { scope: literal(scopes.join(' ')) } : {}),
  }
}

function variablesIn(auth: Data): string[] {
  return Object.values(auth).flatMap((value) => /\$\{env\.(\w+)\}$/.exec(String(value))?.[1] ?? [])
}
