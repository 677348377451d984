/** Masks the values of JSON fields with secret names, in texts whose secrets are not known before the run. */
import { isSecretName, MASK, MIN_SECRET_LENGTH } from './secrets.ts'

/**
 * Matches a field such as `"access_token": "…"`, also in JSON inside a JSON text (`\"access_token\": …`), and at the end of a text that was cut
 * inside the value.
 */
const FIELD =
  /(?<quote>\\{0,7}")(?<name>[\w.:-]{1,80})\k<quote>(?<colon>\s{0,20}:\s{0,20})(?:\k<quote>(?<value>.*?)(?<!\\)(?<end>\k<quote>|$)|(?<number>\d{6,}))/gs
/** Matches a query parameter such as `?access_token=…`, but not one whose value is a reference to a variable. */
const PARAMETER = /(?<=[?&])(?<name>[\w.:-]{1,80})=(?!\$\{|\{\{)(?<value>[^\s"'&#\\<>]+)/g
/**
 * Names that often mean something else than a secret, such as a token of text. Their values count as secret only when they are long and without
 * spaces.
 */
const COMMON_NAME = /^(?:token|key)$/i
const LONG_WORD = /^\S{16,}$/

/**
 * Returns a text in which the values of JSON fields and query parameters with a secret name, such as `password` or `api_key`, are replaced by
 * `[secret]`. Values of fewer than 6 characters stay; so do values of fields named just `token` or `key`, when they have fewer than 16 characters or
 * spaces.
 */
export function maskFields(text: string): string {
  const masked = text.replace(PARAMETER, (whole, name: string, value: string) =>
    isSecret(name, value) ? `${name}=${MASK}` : whole,
  )
  return masked.includes('"') ? maskJsonFields(masked) : masked
}

function isSecret(name: string, value: string): boolean {
  return value.length >= MIN_SECRET_LENGTH && isSecretName(name) && (!COMMON_NAME.test(name) || LONG_WORD.test(value))
}

function maskJsonFields(text: string): string {
  return text.replace(FIELD, (whole, quote: string, name: string, colon: string, ...rest: unknown[]) => {
    const [value, end, number] = rest as (string | undefined)[]
    if (isSecret(name, value ?? number ?? '')) return quote + name + quote + colon + quote + MASK + (end ?? quote)
    // A value that is not secret may contain JSON itself.
    return value === undefined ? whole : quote + name + quote + colon + quote + maskJsonFields(value) + end
  })
}

/**
 * Returns a copy of plain data in whose texts the values of JSON fields and query parameters with names such as `password` become `[secret]`. The
 * names of the data's own fields do not count.
 */
export function maskFieldsIn(value: unknown): unknown {
  if (typeof value === 'string') return maskFields(value)
  if (Array.isArray(value)) return value.map(maskFieldsIn)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskFieldsIn(item)]))
}
