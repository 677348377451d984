/** The length in characters of the longest text that a template, or a function called in it (helper), may return. */
export const MAX_OUTPUT = 1024 * 1024

/**
 * Converts a template helper's argument to a finite number; texts that hold a number are accepted.
 * @throws Error that names the argument
 */
export function toNumber(value: unknown, name: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new Error(`${name} must be a number, not ${describe(value)}`)
}

/** Converts a template helper's argument to an integer from `min` to `max`. @throws Error that names the argument */
export function toInteger(value: unknown, name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
  const number = toNumber(value, name)
  if (!Number.isInteger(number)) throw new Error(`${name} must be a whole number, not ${number}`)
  if (number < min || number > max) throw new Error(`${name} must be from ${min} to ${max}, not ${number}`)
  return number
}

/** Converts a value to the text that a template prints: null and undefined as "", lists and objects as JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** True for a value that a template's `if` treats as true: anything but false, 0, NaN, null, undefined, an empty text or an empty list. */
export function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
