/** Finds secrets that are written in plain text: in a scenario by their keys, in a text by the names before them. */
import { jsonIn } from './json.ts'
import { isSecretName } from './secrets.ts'

/** A secret in a text, with its position in UTF-16 units. */
interface SecretInText {
  readonly name: string
  readonly secret: string
  readonly start: number
  /** True when the value is in quotes, in a form field or in an XML element. Otherwise it may be an ordinary word after `password:`. */
  readonly sure: boolean
}

/**
 * Matches a name with a value: `token: …`, `"x-api-key": "…"`, `\"password\": \"…\"`, `api_key=…`. The search goes on inside the value, which may
 * contain a name with a value itself.
 */
const ASSIGNED =
  /(?<![\w:.-])(?<name>[\w:.-]{1,80})\\{0,8}["']?\s{0,20}(?<sign>[:=])\s{0,20}(?=(?<quote>\\{0,8}["'])(?<quoted>.{1,5000}?)\k<quote>|(?:(?:Bearer|Basic|Token)\s+)?(?<bare>[^\s"'&#,;{}[\]<>\\]+))/dgs
/** Matches an XML element such as `<password>…</password>`, with or without CDATA. */
const ELEMENT =
  /<(?<name>[\w:.-]{1,80})(?:\s[^<>]{0,1000})?>(?:\s*<!\[CDATA\[)?(?<content>[^<>]{1,5000}?)(?:\]\]>\s*)?<\/\k<name>\s*>/dgs
const SCHEME = /^(?:Bearer|Basic|Token)\s+/i
/** Matches values that are never secrets: references to variables, constants, plain numbers and addresses. */
const NO_SECRET = /^(?:\$|true$|false$|null$|\d+$|https?:)|\{\{/

/**
 * Returns the secrets in a text, such as a request body or a file that could not be parsed: the values after names such as `password`, or in XML
 * elements with such names. `isSecret` decides which names count.
 */
export function secretsInText(text: string, isSecret = isSecretName): SecretInText[] {
  return [...text.matchAll(ASSIGNED), ...text.matchAll(ELEMENT)].flatMap((match) => {
    const { name = '', sign, quoted, bare, content } = match.groups ?? {}
    const written = quoted ?? bare ?? content ?? ''
    const secret = written.replace(SCHEME, '').trim()
    if (secret === '' || NO_SECRET.test(secret) || !isSecret(name)) return []
    const places = match.indices?.groups
    const [start = 0] = places?.quoted ?? places?.bare ?? places?.content ?? []
    const isField = sign === '=' && /^$|[?&]$/.test(text.slice(Math.max(0, match.index - 1), match.index))
    return [{ name, secret, start: start + written.indexOf(secret), sure: bare === undefined || isField }]
  })
}

/** A secret that is written literally in a scenario: its text, its place, and why it counts as a secret. */
export interface WrittenSecret {
  readonly secret: string
  /** Path of keys in the scenario to the text that holds the secret. */
  readonly path: readonly (string | number)[]
  /** Why a value counts as a secret: it is under `auth`, is in an address, its name means a secret, or it is a word after such a name. */
  readonly by: 'auth' | 'address' | 'name' | 'word'
}

/** Blocks of a scenario in which the name of a key decides whether its value is secret, at any depth. */
const NAMED_VALUES = new Set(
  'headers query form json body vars set request multipart metadata userProperties resubscribe answer authMessage'.split(' '),
)
/** Matches the keys of texts that are sent unchanged. */
const WHOLE_TEXT = /^(?:body|text|payload)$/
/** Keys under `auth` whose values are public. The values of all other keys there count as secret, even if a key is misspelt. */
const OPEN_AUTH_KEYS =
  /^(?:type|alg|name|header|in|url|tokenUrl|method|path|scopes?|audience|issuer|subject|file|keyFile|from|use|kid|expiresIn|capture|cookie|username|clientId|prefix)$/
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i
/** Matches a text that consists only of references to environment variables. An error message may show it. */
const REFERENCE = /^(?:\$\{[\w.:/-]+\})+$/

/** The position of a value in a scenario, while the scenario is searched. */
interface SearchPlace {
  readonly path: readonly (string | number)[]
  /** The innermost key above the value, or the outermost key in `NAMED_VALUES` if there is one. */
  readonly block: string
  /** The key of the value; the key above it for an item of a list, and for everything below a key that means a secret. */
  readonly name: string
  readonly inAuth: boolean
}

/**
 * Returns the secrets that are written literally in a scenario: values under `auth`, values of keys such as `x-api-key` or `access_token` in headers,
 * bodies, variables and the like, and passwords and keys in addresses and bodies. Values with templates are left out, because they are known only
 * during the run.
 */
export function writtenSecrets(
  value: unknown,
  place: SearchPlace = { path: [], block: '', name: '', inAuth: false },
): WrittenSecret[] {
  if (typeof value === 'string') return secretsOfLeaf(value, place)
  if (typeof value !== 'object' || value === null) return []
  const { path, block, name, inAuth } = place
  const inBlock = NAMED_VALUES.has(block)
  // Of a pair such as a part of a multipart form, `{ name: password, value: … }`, the name tells whether the value is secret.
  const keepsName = Array.isArray(value) || (inBlock && isSecretName(name))
  const pair = inBlock && 'name' in value && typeof value.name === 'string' ? value.name : undefined
  return Object.entries(value).flatMap(([key, item]) =>
    writtenSecrets(item, {
      path: [...path, Array.isArray(value) ? Number(key) : key],
      block: inBlock ? block : name,
      name: keepsName ? name : key === 'value' && pair !== undefined ? pair : key,
      inAuth: (inAuth || name === 'auth') && name !== 'claims',
    }),
  )
}

function secretsOfLeaf(text: string, { path, block, name, inAuth }: SearchPlace): WrittenSecret[] {
  const inBlock = NAMED_VALUES.has(block)
  const isAuth = name === 'auth' || (inAuth && !OPEN_AUTH_KEYS.test(name))
  const found: WrittenSecret[] = inBlock || name === 'body' ? secretsOfText(text, path, WHOLE_TEXT.test(name)) : []
  if (text.includes('{{')) return found
  const own = text.replace(SCHEME, '')
  if ((isAuth || (inBlock && isSecretName(name))) && own !== '' && !REFERENCE.test(own))
    found.push(...[own, ...cookiesIn(name, own)].map((secret) => ({ secret, path, by: isAuth ? 'auth' : 'name' }) as const))
  return [...found, ...secretsOfAddress(text, path)]
}

/** Matches the value of a cookie that is not a secret: a word such as a language, or a few characters. */
const PREFERENCE = /^(?:[a-z]{0,12}|.{0,5})$/i

/** Returns the secret values in a header `Cookie`, because a target may return each one separately. Words such as a language are left out. */
function cookiesIn(name: string, header: string): string[] {
  if (name.toLowerCase() !== 'cookie') return []
  const values = header.split(';').flatMap((pair) => (pair.includes('=') ? [pair.slice(pair.indexOf('=') + 1).trim()] : []))
  return values.filter((value) => !PREFERENCE.test(value) && !REFERENCE.test(value))
}

/** Returns the secrets in a text that is sent, which may be JSON, XML, a form, or JSON inside one of these. */
function secretsOfText(text: string, path: SearchPlace['path'], isWhole: boolean): WrittenSecret[] {
  const inside = /^\s*[[{]/.test(text) ? jsonIn(text) : undefined
  const named = writtenSecrets(inside, { path: [], block: 'json', name: '', inAuth: false }).map((one) => ({ ...one, path }))
  const spelt = secretsInText(text).filter(({ sure }) => sure || isWhole)
  return [
    ...named,
    ...spelt.flatMap(({ secret, sure }) =>
      decodings(secret).map((one) => ({ secret: one, path, by: sure ? 'name' : 'word' }) as const),
    ),
  ]
}

function secretsOfAddress(text: string, path: SearchPlace['path']): WrittenSecret[] {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return []
  const { password, searchParams } = new URL(text)
  const parameters = [...searchParams].filter(([key, value]) => value !== '' && isSecretName(key) && !REFERENCE.test(value))
  const passwords = decodings(password)
  return [
    ...(password === '' || passwords.some((one) => REFERENCE.test(one))
      ? []
      : passwords.map((secret) => ({ secret, path, by: 'address' }) as const)),
    ...parameters.map(([, secret]) => ({ secret, path, by: 'name' }) as const),
  ]
}

/**
 * Returns the secrets in an address: a password, as it is written and decoded, and the decoded values of query parameters whose names say that they
 * are secret. Empty for a text that is no address.
 */
export const secretsInAddress = (address: string): string[] => secretsOfAddress(address, []).map(({ secret }) => secret)

/**
 * True when an address contains a password, any user name before its host (for HTTP, because it may be a token), or a query parameter whose name says
 * that it is secret.
 */
export function holdsCredentials(address: string): boolean {
  return /^(?:\w+\+)?https?:\/\/[^/?#@]+@/i.test(address) || secretsOfAddress(address, []).length > 0
}

/** Returns a secret as it is written and, if it is percent-encoded, also decoded. */
function decodings(text: string): string[] {
  try {
    return [...new Set([text, decodeURIComponent(text.replaceAll('+', ' '))])]
  } catch {
    return [text]
  }
}
