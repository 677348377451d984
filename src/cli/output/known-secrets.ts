/** The secrets this process has met: whatever it prints about itself, a crash included, goes through here. */
import { isSecretHeader, MIN_SECRET_LENGTH, Redactor } from '../../secrets.ts'

const SECRET_NAME = /key|token|secret|passw|credential|auth/i

/** One for the whole process, so that no sink can forget the secrets of another. */
export const knownSecrets = new Redactor()

/** Values of variables whose names say that they are secret; the others (addresses, counts) have to stay readable. */
export function secretValues(uses: readonly { readonly name: string; readonly value: string }[]): string[] {
  return uses.filter(({ name }) => SECRET_NAME.test(name)).map(({ value }) => value)
}

/** From now on none of these is printed. */
export function keepSecret(values: Iterable<string>): void {
  for (const value of values) knownSecrets.add(value)
}

/** What a reader should know of secrets that are too short to be masked without masking half of the text; numbers are no secrets. */
export function shortSecretsNote(values: readonly string[]): string[] {
  const short = new Set(
    values.filter((value) => value.trim().length < MIN_SECRET_LENGTH && !/^(?:\d+|true|false|\{\{.*)$/.test(value)),
  )
  if (short.size === 0) return []
  return [
    `${short.size} ${short.size === 1 ? 'secret is' : 'secrets are'} shorter than ${MIN_SECRET_LENGTH} characters, and not masked`,
  ]
}

/** Blocks in which the name of a key tells whether its value is secret. */
const NAMED_VALUES = new Set(['headers', 'query', 'form', 'json', 'body', 'vars', 'set'])
/** Under `auth` everything is secret but these, also under a key that is misspelt. */
const OPEN_AUTH_KEYS =
  /^(?:type|alg|name|header|in|url|tokenUrl|method|path|scopes?|audience|issuer|subject|file|keyFile|from|use|kid|expiresIn|capture|cookie|username|clientId|prefix)$/
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i
const SCHEME = /^(?:Bearer|Basic|Token)\s+/i

/**
 * Secrets that a scenario holds in plain words: what is under `auth`, values under names such as `x-api-key` or `access_token`, and
 * passwords and keys inside addresses. Values with templates in them are not known before the run.
 */
export function secretsIn(value: unknown, block = '', name = '', inAuth = false): string[] {
  if (typeof value === 'string') {
    if (value.includes('{{')) return []
    const secret = (inAuth && !OPEN_AUTH_KEYS.test(name)) || (NAMED_VALUES.has(block) && isSecretHeader(name))
    return [...(secret ? [value.replace(SCHEME, '')] : []), ...secretsOfAddress(value)]
  }
  if (typeof value !== 'object' || value === null) return []
  const at = Array.isArray(value) ? name : undefined
  return Object.entries(value).flatMap(([key, item]) =>
    secretsIn(item, at ?? name, at ?? key, (inAuth || name === 'auth') && name !== 'claims'),
  )
}

/** `token: …`, `"x-api-key": "…"`, `api_key=…` */
const WRITTEN_SECRET = /([\w-]+)["']?\s*[:=]\s*["']?(?:Bearer\s+|Basic\s+|Token\s+)?([^\s"'&#,{}[\]]+)/g

/** The same in a text that cannot be read as data: values beside names that say so. */
export function secretsWritten(text: string): string[] {
  return Array.from(text.matchAll(WRITTEN_SECRET), ([, name = '', value = '']) => ({ name, value }))
    .filter(({ name }) => isSecretHeader(name) || SECRET_NAME.test(name))
    .map(({ value }) => value)
    .filter((value) => !/^(?:\$|true$|false$|null$|\d+$|https?:)/.test(value))
}

function secretsOfAddress(text: string): string[] {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return []
  const { password, searchParams } = new URL(text)
  const parameters = [...searchParams].filter(([key]) => isSecretHeader(key)).map(([, parameter]) => parameter)
  return [...(password === '' ? [] : [password, decoded(password)]), ...parameters]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
