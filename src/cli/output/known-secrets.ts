/** The secrets this process has met: whatever it prints about itself, a crash included, goes through here. */
import { isSecretName, MIN_SECRET_LENGTH, Redactor, wordsOf } from '../../text/secrets.ts'

/** Words in the names of variables that are secret, and last words that say that the value is something else about it. */
const SECRET_VARIABLE = /^(?:auth|credentials?|cookie|keys?|pass|passwd|password|passphrase|pat|pwd|secrets?|tokens?)$/
const OPEN_LAST = /^(?:count|endpoint|file|header|host|length|limit|max|method|model|path|port|provider|ttl|type|uri|url)$/

/** One for the whole process, so that no sink can forget the secrets of another. */
export const knownSecrets = new Redactor()

/** Values of variables whose names say that they are secret; the others (addresses, counts) have to stay readable. */
export function secretValues(uses: readonly { readonly name: string; readonly value: string }[]): string[] {
  return uses.filter(({ name }) => isSecretVariable(name)).map(({ value }) => value)
}

function isSecretVariable(name: string): boolean {
  const words = wordsOf(name)
  return isSecretName(name) || (words.some((word) => SECRET_VARIABLE.test(word)) && !OPEN_LAST.test(words.at(-1) ?? ''))
}

/** Values that are not masked, for the scenario itself uses them as names. */
const named = new Set<string>()

/** From now on none of these is printed, save what is part of one of `names`: masked, steps and results could not be read. */
export function keepSecret(values: Iterable<string>, names: readonly string[] = []): void {
  for (const value of values) {
    const text = value.trim()
    if (text.length >= MIN_SECRET_LENGTH && names.some((name) => name.includes(text))) named.add(text)
    else knownSecrets.add(value)
  }
}

const NAME_KEYS = /^(?:name|preset|dialect|protocol|model|target|step|flow|group|profile|type)$/

/** What a scenario uses as names: keys, and the texts that name steps, targets, dialects or what a threshold judges. */
export function namesIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return NAME_KEYS.test(key) || key === 'thresholds' ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [name, ...namesIn(item, name)])
}

/** What a reader should know of secrets that cannot be masked without masking half of the text; numbers are no secrets. */
export function shortSecretsNote(values: readonly string[]): string[] {
  const short = new Set(
    values.filter((value) => value.trim().length < MIN_SECRET_LENGTH && !/^(?:\d+|true|false|\{\{.*)$/.test(value)),
  )
  const areFew = (count: number) => `${count} ${count === 1 ? 'secret is' : 'secrets are'}`
  return [
    ...(short.size === 0 ? [] : [`${areFew(short.size)} shorter than ${MIN_SECRET_LENGTH} characters, and not masked`]),
    ...(named.size === 0 ? [] : [`${areFew(named.size)} part of a name in the scenario, and not masked`]),
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
    const secret = name === 'auth' || (inAuth && !OPEN_AUTH_KEYS.test(name)) || (NAMED_VALUES.has(block) && isSecretName(name))
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
    .filter(({ name }) => isSecretVariable(name))
    .map(({ value }) => value)
    .filter((value) => !/^(?:\$|true$|false$|null$|\d+$|https?:)/.test(value))
}

function secretsOfAddress(text: string): string[] {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return []
  const { password, searchParams } = new URL(text)
  const parameters = [...searchParams].filter(([key]) => isSecretName(key)).map(([, parameter]) => parameter)
  return [...(password === '' ? [] : [password, decoded(password)]), ...parameters]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
