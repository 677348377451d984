/** Masks fields of JSON by their names, in texts that are known only during a run: nobody has told the values to the redactor. */
import { isSecretName, MASK, MIN_SECRET_LENGTH } from './secrets.ts'

/** `"access_token": "…"`, also in JSON within JSON (`\"access_token\": …`) and where the end of a cut text stands in for the last quote. */
const FIELD =
  /(?<quote>\\{0,7}")(?<name>[\w.:-]{1,80})\k<quote>(?<colon>\s{0,20}:\s{0,20})(?:\k<quote>(?<value>.*?)(?<!\\)(?<end>\k<quote>|$)|(?<number>\d{6,}))/gs
/** A parameter of an address, `?access_token=…`; a reference to a variable is none. */
const PARAMETER = /(?<=[?&])(?<name>[\w.:-]{1,80})=(?!\$\{|\{\{)(?<value>[^\s"'&#\\<>]+)/g
/** Names that are also those of a piece of text, or of an item; a value that is a secret is long and has no spaces. */
const COMMON_NAME = /^(?:token|key)$/i
const LONG_WORD = /^\S{16,}$/

/**
 * Masks secrets in a text by their names: the values of JSON fields and parameters such as `password` become `[secret]`. Values of fewer
 * than 6 characters stay.
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
    // A text that is no secret may hold JSON of its own.
    return value === undefined ? whole : quote + name + quote + colon + quote + maskJsonFields(value) + end
  })
}

/** Returns a copy of plain data. In each of its texts, the values of JSON fields and parameters with names such as `password` become `[secret]`. */
export function maskFieldsIn(value: unknown): unknown {
  if (typeof value === 'string') return maskFields(value)
  if (Array.isArray(value)) return value.map(maskFieldsIn)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskFieldsIn(item)]))
}
