import { isMap } from '../../text/json.ts'
import { isSecretName } from '../../text/secrets.ts'
import { secretsInText } from '../../text/written-secrets.ts'
import type { Vault } from '../foreign/common/literal.ts'
import { mapBody } from './request/body.ts'
import type { ImportedRequest } from './request/request.ts'

const SCHEME = /^(Bearer|Token|ApiKey)\s+(.+)$/i
const BASIC = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i
/** Names of form fields and query parameters whose values are secret, in addition to the generally secret names. */
const SECRET_FIELD = /^(?:session_?id|auth)$/i

/**
 * Returns an imported request in which the secrets in address, headers and body are replaced by references such as `${env.API_KEY}`; its key `basic`
 * stays. `vault` makes the references.
 */
export function hideSecrets(request: ImportedRequest, vault: Vault): ImportedRequest {
  return {
    ...request,
    url: hideInUrl(request.url, vault),
    headers: request.headers.map(([name, value]) => [name, hideHeader(name, value, vault)]),
    body: request.body && mapBody(request.body, (value) => hideFields(value, vault)),
  }
}

/** True for a value that already is a template or a reference, and so no secret. */
const isReference = (value: string) => /^(?:(?:Bearer|Basic|Token) )?(?:\$\{env\.|\{\{)/.test(value)

function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name) || isSecretName(name)
}

function variableOf(name: string): string {
  const word = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^X_|^_+|_+$/g, '')
  return `TARGET_${word === '' ? 'SECRET' : word}`
}

function hideHeader(name: string, value: string, vault: Vault): string {
  if (value === '' || isReference(value) || !isSecretName(name)) return value
  const where = `header ${name}`
  const [, scheme, token] = SCHEME.exec(value) ?? []
  if (token !== undefined) return isReference(token) ? value : `${scheme} ${vault.keep(token, 'TARGET_TOKEN', where)}`
  const [, encoded] = BASIC.exec(value) ?? []
  if (encoded !== undefined) return `Basic ${vault.keep(encoded, 'TARGET_BASIC', where)}`
  return vault.keep(value, variableOf(name), where)
}

/** Returns an address with its password and secret query parameters replaced by references. */
function hideInUrl(url: string, vault: Vault): string {
  const withoutPassword = url.replace(/^([a-z]+:\/\/[^/?#@:]*):([^/?#@]+)@/i, (_all, start: string, password: string) =>
    isReference(password)
      ? `${start}:${password}@`
      : `${start}:${vault.keep(password, 'TARGET_PASSWORD', 'the password in the address')}@`,
  )
  return withoutPassword.replace(/([?&])([^=&#]+)=([^&#]*)/g, (all, mark: string, name: string, value: string) =>
    value === '' || isReference(value) || !isSecretField(name)
      ? all
      : `${mark}${name}=${vault.keep(value, variableOf(name), `query parameter ${name}`)}`,
  )
}

/** Replaces the secrets in a text body: one that is sent as it is, XML, GraphQL, JSON, or a form that cannot be split into fields. */
function hideInText(text: string, vault: Vault): string {
  const found = secretsInText(text, isSecretField).filter(({ secret, sure }) => sure && !isReference(secret))
  // From the end, so that the places of those before stay right.
  return found
    .sort((a, b) => b.start - a.start)
    .reduce((hidden, { name, secret, start }) => {
      const reference = vault.keep(secret, variableOf(name), `${name} in the body`)
      return hidden.slice(0, start) + reference + hidden.slice(start + secret.length)
    }, text)
}

function hideFields(value: unknown, vault: Vault, name = ''): unknown {
  if (typeof value === 'string') {
    const secret = name !== '' && value !== '' && !isReference(value) && isSecretField(name)
    return secret ? vault.keep(value, variableOf(name), `field ${name}`) : hideInText(value, vault)
  }
  if (Array.isArray(value)) return value.map((item) => hideFields(item, vault, name))
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideFields(item, vault, key)]))
}
