/** The secrets known to this process. All text that burn prints, including crash reports, is masked with them. */
import { jsonIn } from '../../text/json.ts'
import { isSecretName, MIN_SECRET_LENGTH, Redactor, wordsOf } from '../../text/secrets.ts'

/** Words that make a variable's name secret (`api_key`), and last words that make it public again (`api_key_file`). */
const SECRET_VARIABLE = /^(?:auth|credentials?|cookie|keys?|pass|passwd|password|passphrase|pat|pwd|secrets?|tokens?)$/
const OPEN_LAST = /^(?:count|endpoint|file|header|host|length|limit|max|method|model|path|port|provider|ttl|type|uri|url)$/

/** Masks the known secrets of the process in all its outputs. */
export const knownSecrets = new Redactor()

/** Returns the values of variables whose names suggest a secret, such as API_KEY. */
export function secretValues(uses: readonly { readonly name: string; readonly value: string }[]): string[] {
  return uses.filter(({ name }) => isSecretVariable(name)).map(({ value }) => value)
}

function isSecretVariable(name: string): boolean {
  const words = wordsOf(name)
  return isSecretName(name) || (words.some((word) => SECRET_VARIABLE.test(word)) && !OPEN_LAST.test(words.at(-1) ?? ''))
}

/** Texts that are never masked, because the scenario uses them as names. */
const named = new Set<string>()

/** Forgets all secrets, so that a command does not mask texts because of an earlier command in the same process. */
export function forgetSecrets(): void {
  knownSecrets.clear()
  named.clear()
}

/** Masks `values` in all later output. Parts of `names`, such as names of steps, stay readable. */
export function keepSecret(values: Iterable<string>, names: readonly string[] = []): void {
  for (const value of values) {
    const text = value.trim()
    if (text.length >= MIN_SECRET_LENGTH && names.some((name) => name.includes(text))) named.add(text)
    else knownSecrets.add(value)
  }
}

const NAME_KEYS = /^(?:name|preset|dialect|protocol|model|target|step|flow|group|profile|type)$/

/** Returns the texts that a scenario uses as names: keys, names of steps, targets and dialects, and thresholds. */
export function namesIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return NAME_KEYS.test(key) || key === 'thresholds' ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [name, ...namesIn(item, name)])
}

/** Returns a note if some secrets are too short to mask without hiding ordinary text, else nothing. Numbers do not count. */
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

/** Blocks of a scenario in which the name of a key decides whether its value is secret. */
const NAMED_VALUES = new Set(['headers', 'query', 'form', 'json', 'body', 'vars', 'set'])
/** Keys under `auth` whose values are public; everything else there is secret, also under a misspelt key. */
const OPEN_AUTH_KEYS =
  /^(?:type|alg|name|header|in|url|tokenUrl|method|path|scopes?|audience|issuer|subject|file|keyFile|from|use|kid|expiresIn|capture|cookie|username|clientId|prefix)$/
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i
/** Names a variable of the environment, which is what a message about it has to show. */
const REFERENCE = /^\$\{[\w.:]+\}$/
const SCHEME = /^(?:Bearer|Basic|Token)\s+/i

/**
 * Returns the secrets written literally in a scenario: values under `auth`, values of keys such as `x-api-key` or `access_token`,
 * and passwords and keys in addresses and bodies. Values with templates are left out, because they are known only during the run.
 */
export function secretsIn(value: unknown, block = '', name = '', inAuth = false): string[] {
  if (typeof value === 'string') {
    if (value.includes('{{')) return []
    const isSecret = name === 'auth' || (inAuth && !OPEN_AUTH_KEYS.test(name)) || (NAMED_VALUES.has(block) && isSecretName(name))
    const secret = value.replace(SCHEME, '')
    return [
      ...(isSecret && !REFERENCE.test(secret) ? [secret] : []),
      ...(name === 'body' ? [...secretsWritten(value, isSecretName), ...secretsIn(jsonIn(value), 'json')] : []),
      ...secretsOfAddress(value),
    ]
  }
  if (typeof value !== 'object' || value === null) return []
  // Within a body, the block stays the block at any depth, and all that stands under the name of a secret is secret.
  const inBlock = NAMED_VALUES.has(block)
  const keepsName = Array.isArray(value) || (inBlock && isSecretName(name))
  return Object.entries(value).flatMap(([key, item]) =>
    secretsIn(item, inBlock ? block : name, keepsName ? name : key, (inAuth || name === 'auth') && name !== 'claims'),
  )
}

/** Matches a name and its value: `token: …`, `"x-api-key": "…"`, `api_key=…`. */
const WRITTEN_SECRET = /([\w-]+)["']?\s*[:=]\s*["']?(?:Bearer\s+|Basic\s+|Token\s+)?([^\s"'&#,{}[\]]+)/g

/** Finds secrets in an unparsed text, such as a broken file: the values after names of secrets, as in `token: …`. */
export function secretsWritten(text: string, isSecret = isSecretVariable): string[] {
  return Array.from(text.matchAll(WRITTEN_SECRET), ([, name = '', value = '']) => ({ name, value }))
    .filter(({ name }) => isSecret(name))
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
