/** Masks secrets: everything that burn prints or writes passes through one redactor. */
import { ANCHOR_LENGTH, secretForms } from './secret-forms.ts'

/** The text that replaces a secret in output. */
export const MASK = '[secret]'
/** The shortest secret that is masked, in characters; a shorter one would occur by chance in ordinary text. */
export const MIN_SECRET_LENGTH = 6

/** Words that make a value secret wherever they occur in its name. SECRET_LAST has words that do so only at the end of the name. */
const SECRET_WORD = /^(?:authorization|secret|passwd|pwd|password|passphrase|passcode|credentials?|api-?key)$/
const SECRET_LAST = /^(?:key|token|cookie|jwt|pass|sig|signature)$/
/** Two words written as one that mean a secret: `authtoken`, `clientsecret`, `accesskey`. */
const RUN_TOGETHER =
  /^(?:access|api|auth|bearer|client|csrf|id|private|refresh|secret|session|shared|subscription|user|xsrf)(?:key|pass|password|secret|token)$/
/** Words before `key` or `token` with which a name means no secret, such as `cache_key`. */
const OPEN_BEFORE = /^(?:bos|cache|eos|idempotency|pad|partition|primary|public|sort|stop|unk)$/
/** Words that make the value of a variable secret (`api_key`). OPEN_LAST has last words that make it public again (`api_key_file`). */
const SECRET_VARIABLE = /^(?:auth|credentials?|cookie|keys?|pass|passwd|password|passphrase|pat|pwd|secrets?|tokens?)$/
const OPEN_LAST = /^(?:count|endpoint|file|header|host|length|limit|max|method|model|path|port|provider|ttl|type|uri|url)$/
const SCHEME = /^(?:basic|bearer|digest|negotiate|token) /i

/** Splits a name into its words, in lower case: `x-api-key`, `x_api_key` and `xApiKey` all give `x`, `api` and `key`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** True when the name of a header, query parameter or field says that its value is secret. Only whole words count: `monkey` contains no `key`. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  if (words.some((word, n) => SECRET_WORD.test(word) || RUN_TOGETHER.test(word) || (word === 'key' && words[n - 1] === 'api')))
    return true
  return SECRET_LAST.test(last) && !OPEN_BEFORE.test(words.at(-2) ?? '')
}

/**
 * True when the name of a variable, such as `API_KEY_PROD`, says that its value is secret. More words count as secret here than in `isSecretName`.
 */
export function isSecretVariable(name: string): boolean {
  const words = wordsOf(name)
  return isSecretName(name) || (words.some((word) => SECRET_VARIABLE.test(word)) && !OPEN_LAST.test(words.at(-1) ?? ''))
}

/** Replaces the secrets that were added to it by `[secret]` in texts and JSON, also where a secret is encoded. More can be added at any time. */
export class Redactor {
  private readonly forms = new Set<string>()
  /** The patterns of all forms of the secrets, by their first characters. */
  private readonly anchors = new Map<string, Set<string>>()
  /** The secrets in plain form, by their first characters. */
  private readonly plain = new Map<string, string[]>()
  private longestPlain = 0
  private pattern: RegExp | undefined
  /** Every piece of eight characters of the secrets; undefined unless pieces are masked too. */
  private pieces: Set<string> | undefined

  /** Adds a secret to mask. Returns false, and adds nothing, when it has fewer than 6 characters, surrounding spaces not counted. */
  add(value: string): boolean {
    if (value.trim().length < MIN_SECRET_LENGTH) return false
    for (const [form, anchor] of secretForms(value)) this.addForm(form, anchor)
    // The lines of a longer secret (a key file) have forms of their own, and the first line of such a file is public.
    if (!value.trim().includes('\n')) this.addPlain(value.trim())
    this.pattern = undefined
    return true
  }

  /** Removes all secrets. */
  clear(): void {
    for (const kept of [this.forms, this.anchors, this.plain]) kept.clear()
    this.pieces = undefined
    this.longestPlain = 0
    this.pattern = undefined
  }

  /**
   * Also masks parts of secrets from now on, of eight characters or more, in values but not in keys. Needed when injected faults cut or damage
   * requests, because replies may then repeat pieces of secrets.
   */
  maskPieces(): void {
    this.pieces ??= new Set([...this.plain.values()].flat().flatMap(piecesOf))
  }

  /** Returns the text with `[secret]` for each secret, plain or as base64, base64url, hexadecimal, percent-encoded, JSON or HTML. */
  redact(text: string): string {
    const masked = this.redactWhole(text)
    return this.pieces === undefined ? masked : maskPart(masked, 0, spansOf(masked, this.pieces))
  }

  private redactWhole(text: string): string {
    return this.forms.size === 0 ? text : this.redactTail(text.replace(this.matcher(text), MASK))
  }

  /** Masks the beginning of a secret at the end of a text, because a message may have been cut inside the secret. */
  private redactTail(text: string): string {
    if (text.endsWith(MASK)) return text
    const end = text.replace(/[\s….'"`)\]}]{1,8}$/, '').length
    for (let at = Math.max(0, end - this.longestPlain); at <= end - MIN_SECRET_LENGTH; at += 1) {
      const cut = text.slice(at, end)
      const whole = this.plain.get(cut.slice(0, MIN_SECRET_LENGTH))?.some((secret) => secret.startsWith(cut))
      if (whole) return text.slice(0, at) + MASK + text.slice(end)
    }
    return text
  }

  /** Returns a copy of a JSON value with its texts, keys and numbers redacted. Redact before serialising, so that the JSON stays valid. */
  redactValue(value: unknown): unknown {
    if (this.forms.size === 0) return value
    if (typeof value === 'string') return this.redact(value)
    if (typeof value === 'number' || typeof value === 'bigint') return this.redact(String(value)) === String(value) ? value : MASK
    if (Array.isArray(value)) return value.map((item) => this.redactValue(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.redactWhole(key), this.redactValue(item)]))
  }

  /** Redacts the pieces of one text, such as of a stream. A secret that is split over several pieces is masked in the first of them. */
  redactParts(parts: readonly string[]): string[] {
    if (this.forms.size === 0) return [...parts]
    const whole = parts.join('')
    const secrets = Array.from(whole.matchAll(this.matcher(whole)), ({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
    }))
    if (this.pieces !== undefined) return partsWithout(parts, merged([...secrets, ...spansOf(whole, this.pieces)]))
    return partsWithout(parts, secrets)
  }

  /**
   * Returns headers in which those with secret names are masked (an authentication scheme such as `Bearer` stays), and known secrets in all others.
   */
  maskHeaders<T extends string | readonly string[] | undefined>(
    headers: Readonly<Record<string, T>>,
  ): Record<string, string | string[] | undefined> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.maskHeader(name, value)]))
  }

  private maskHeader(name: string, value: string | readonly string[] | undefined): string | string[] | undefined {
    if (value === undefined) return undefined
    if (typeof value !== 'string') return value.map((item) => this.maskOne(name, item))
    return this.maskOne(name, value)
  }

  private maskOne(name: string, value: string): string {
    return isSecretName(name) ? (SCHEME.exec(value)?.[0] ?? '') + MASK : this.redact(value)
  }

  private addPlain(secret: string): void {
    if (this.pieces) for (const piece of piecesOf(secret)) this.pieces.add(piece)
    const start = secret.slice(0, MIN_SECRET_LENGTH)
    this.plain.set(start, [...(this.plain.get(start) ?? []), secret])
    this.longestPlain = Math.max(this.longestPlain, secret.length)
  }

  private addForm(form: string, anchor: string): void {
    this.forms.add(form)
    const alike = this.anchors.get(anchor) ?? new Set()
    this.anchors.set(anchor, alike.add(form))
  }

  /**
   * Returns the expression that finds the secrets in a text. With many secrets, such as a token for each user, it contains only those whose first
   * characters occur in the text.
   */
  private matcher(text: string): RegExp {
    if (this.forms.size > MANY_FORMS) return expressionOf(this.formsThatMayBeIn(text))
    this.pattern ??= expressionOf(this.forms)
    return this.pattern
  }

  private formsThatMayBeIn(text: string): Set<string> {
    const lower = text.toLowerCase()
    const found = new Set<string>()
    for (let at = 0; at + ANCHOR_LENGTH <= lower.length; at += 1) {
      const forms = this.anchors.get(lower.slice(at, at + ANCHOR_LENGTH))
      if (forms) for (const form of forms) found.add(form)
    }
    return found
  }
}

/** The number of forms above which it is faster to find out first which of them may be in a text than to search for all. */
const MANY_FORMS = 100
const NOTHING = /(?!)/g

/**
 * Returns one expression for all forms, the longest first: if one secret begins with another one, the rest of the longer one must not stay visible.
 */
function expressionOf(forms: ReadonlySet<string>): RegExp {
  return forms.size === 0 ? NOTHING : new RegExp([...forms].sort((a, b) => b.length - a.length).join('|'), 'g')
}

interface SecretSpan {
  readonly start: number
  readonly end: number
}

/** The number of characters in a piece of a secret that is masked. */
const PIECE_LENGTH = 8

/** Returns every piece of a secret, except pieces of letters only, which may be part of a normal word. */
function piecesOf(secret: string): string[] {
  const count = Math.max(0, secret.length - PIECE_LENGTH + 1)
  const pieces = Array.from({ length: count }, (_, at) => secret.slice(at, at + PIECE_LENGTH))
  return pieces.filter((piece) => !/^[a-z]+$/i.test(piece))
}

/** Returns where pieces of secrets are in a text. Neighbouring pieces are joined. */
function spansOf(text: string, pieces: ReadonlySet<string>): SecretSpan[] {
  const spans: SecretSpan[] = []
  for (let start = 0; start + PIECE_LENGTH <= text.length; start += 1)
    if (pieces.has(text.slice(start, start + PIECE_LENGTH))) spans.push({ start, end: start + PIECE_LENGTH })
  return merged(spans)
}

/** Returns spans in order, where those that overlap or touch are joined. */
function merged(spans: readonly SecretSpan[]): SecretSpan[] {
  const joined: SecretSpan[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last && span.start <= last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}

/** Returns the pieces of one text without its secrets. Each secret is masked in the piece in which it begins. */
function partsWithout(parts: readonly string[], secrets: readonly SecretSpan[]): string[] {
  let start = 0
  return parts.map((part) => {
    const masked = maskPart(part, start, secrets)
    start += part.length
    return masked
  })
}

/** Returns the piece that begins at `offset` of the whole text, without the secrets that lie in it or reach into it. */
function maskPart(part: string, offset: number, secrets: readonly SecretSpan[]): string {
  const end = offset + part.length
  let output = ''
  let at = offset
  for (const secret of secrets) {
    if (secret.end <= at || secret.start >= end) continue
    if (secret.start >= at) output += part.slice(at - offset, secret.start - offset) + MASK
    at = Math.min(secret.end, end)
  }
  return output + part.slice(at - offset)
}

/**
 * Removes user, password, query and fragment from an address, for use in messages. The text need not be a valid address; a word before the address,
 * as in `--export influx=http://…`, stays. With user or password, a scheme other than HTTP is removed too.
 */
export const withoutSecrets = (address: string): string =>
  address.replace(/^([a-z]+=)?(https?:\/\/)?.*@/is, '$1$2').replace(/[?#].*$/s, '')
