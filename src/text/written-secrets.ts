/** Finds secrets that are written out: in a scenario by the keys above them, in a text by the name before them. */
import { jsonIn } from './json.ts'
import { isSecretName } from './secrets.ts'

/** A secret that stands in a text, with its place there in UTF-16 units. */
interface SecretInText {
  readonly name: string
  readonly secret: string
  readonly start: number
  /** True when the value is in quotes, a form field or an XML element, so that it is not a word after `password:` by chance. */
  readonly sure: boolean
}

/** `token: …`, `"x-api-key": "…"`, `\"password\": \"…\"`, `api_key=…`. The value is looked ahead at: it may hold a name and a value itself. */
const ASSIGNED =
  /(?<![\w:.-])(?<name>[\w:.-]{1,80})\\{0,8}["']?\s{0,20}(?<sign>[:=])\s{0,20}(?=(?<quote>\\{0,8}["'])(?<quoted>.{1,5000}?)\k<quote>|(?:(?:Bearer|Basic|Token)\s+)?(?<bare>[^\s"'&#,;{}[\]<>\\]+))/dgs
/** `<password>…</password>`, with or without CDATA. */
const ELEMENT =
  /<(?<name>[\w:.-]{1,80})(?:\s[^<>]{0,1000})?>(?:\s*<!\[CDATA\[)?(?<content>[^<>]{1,5000}?)(?:\]\]>\s*)?<\/\k<name>\s*>/dgs
const SCHEME = /^(?:Bearer|Basic|Token)\s+/i
/** References, constants, plain numbers and addresses are values, but no secrets. */
const NO_SECRET = /^(?:\$|true$|false$|null$|\d+$|https?:)|\{\{/

/** Returns the secrets in a text, such as a request body or a file that could not be parsed: the values after names such as `password`. */
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

/** A secret that is written literally in a scenario. */
export interface WrittenSecret {
  readonly secret: string
  /** Path of keys in the scenario to the text that holds the secret. */
  readonly path: readonly (string | number)[]
  /** Why it counts as a secret: it is under `auth`, is in an address, has the name of one, or is a word after such a name. */
  readonly by: 'auth' | 'address' | 'name' | 'word'
}

/** Blocks of a scenario in which the name of a key decides whether its value is secret, at any depth. */
const NAMED_VALUES = new Set(
  'headers query form json body vars set request multipart metadata userProperties resubscribe answer authMessage'.split(' '),
)
/** Keys of texts that are sent as they are. */
const WHOLE_TEXT = /^(?:body|text|payload)$/
/** Keys under `auth` whose values are public; everything else there is secret, also under a misspelt key. */
const OPEN_AUTH_KEYS =
  /^(?:type|alg|name|header|in|url|tokenUrl|method|path|scopes?|audience|issuer|subject|file|keyFile|from|use|kid|expiresIn|capture|cookie|username|clientId|prefix)$/
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i
/** Names variables of the environment and nothing else, which is what a message about them has to show. */
const REFERENCE = /^(?:\$\{[\w.:/-]+\})+$/

/** Where a value stands while a scenario is walked over. */
interface Place {
  readonly path: readonly (string | number)[]
  /** The innermost key above the value, or the outermost one that is among `NAMED_VALUES`. */
  readonly block: string
  /** The value's own key; in a list, and in everything under the name of a secret, the key above. */
  readonly name: string
  readonly inAuth: boolean
}

/**
 * Returns the secrets that are written literally in a scenario: values under `auth`, values of keys such as `x-api-key` or `access_token`,
 * and passwords and keys in addresses and bodies. Values with templates are left out, because they are known only during the run.
 */
export function writtenSecrets(value: unknown, place: Place = { path: [], block: '', name: '', inAuth: false }): WrittenSecret[] {
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

function secretsOfLeaf(text: string, { path, block, name, inAuth }: Place): WrittenSecret[] {
  const inBlock = NAMED_VALUES.has(block)
  const isAuth = name === 'auth' || (inAuth && !OPEN_AUTH_KEYS.test(name))
  const found: WrittenSecret[] = inBlock || name === 'body' ? secretsOfText(text, path, WHOLE_TEXT.test(name)) : []
  if (text.includes('{{')) return found
  const own = text.replace(SCHEME, '')
  if ((isAuth || (inBlock && isSecretName(name))) && own !== '' && !REFERENCE.test(own))
    found.push(...[own, ...cookiesIn(name, own)].map((secret) => ({ secret, path, by: isAuth ? 'auth' : 'name' }) as const))
  return [...found, ...secretsOfAddress(text, path)]
}

/** What a cookie holds that is no secret: a word such as a language, or a few characters. */
const PREFERENCE = /^(?:[a-z]{0,12}|.{0,5})$/i

/** The values of a header `Cookie`, each of which a target may give back by itself. Words, such as a language, are no secrets. */
function cookiesIn(name: string, header: string): string[] {
  if (name.toLowerCase() !== 'cookie') return []
  const values = header.split(';').flatMap((pair) => (pair.includes('=') ? [pair.slice(pair.indexOf('=') + 1).trim()] : []))
  return values.filter((value) => !PREFERENCE.test(value) && !REFERENCE.test(value))
}

/** Secrets in a text that is sent, which may be JSON, XML, a form, or JSON within one of them. */
function secretsOfText(text: string, path: Place['path'], isWhole: boolean): WrittenSecret[] {
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

function secretsOfAddress(text: string, path: Place['path']): WrittenSecret[] {
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

/** Returns the secrets in an address: a password, and query parameters whose names say that they are secret. */
export const secretsInAddress = (address: string): string[] => secretsOfAddress(address, []).map(({ secret }) => secret)

/** True when an address contains a password, a token in the place of the user name, or a query parameter whose name says that it is secret. */
export function holdsCredentials(address: string): boolean {
  return /^(?:\w+\+)?https?:\/\/[^/?#@]+@/i.test(address) || secretsOfAddress(address, []).length > 0
}

/** A secret as it is written, and as it is meant when it is percent-encoded. */
function decodings(text: string): string[] {
  try {
    return [...new Set([text, decodeURIComponent(text.replaceAll('+', ' '))])]
  } catch {
    return [text]
  }
}
