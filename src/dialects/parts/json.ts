/** Reading JSON that nobody has checked: every step may find something else than expected. */

/** A JSON object whose members are unknown. */
export type JsonObject = { readonly [key: string]: unknown }

/** The value as an object, not an array and not null; undefined when it is something else. */
export function asObject(value: unknown): JsonObject | undefined {
  // A JSON object has string keys and nothing else: what the cast says was just checked.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

/** The value as an array; an empty one when it is something else. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING
}

const NOTHING: readonly unknown[] = []

/** The value as a string; '' when it is something else. */
export function asString(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A member of an object; undefined when there is no object, or no such own member. */
export function member(value: unknown, key: string): unknown {
  const object = asObject(value)
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}

/** Any JSON value as text: strings as they are, the rest serialised, '' for null. Never throws, however deep it is nested. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '(nested too deeply to show)'
  }
}

/** Parsed JSON, or why it is none. */
type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

const BOM = 0xfeff

/** Parses without throwing. A byte order mark in front is ignored, as RFC 8259 (8.1) lets it. */
export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text.charCodeAt(0) === BOM ? text.slice(1) : text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** The beginning of untrusted text, for a message: at most 200 characters, control characters escaped. */
export function sample(text: string): string {
  return text.length > 200 ? `${JSON.stringify(text.slice(0, 200))}…` : JSON.stringify(text)
}

/** `base` with `extra` laid over it, objects inside objects too. Undefined members are left out. Neither is changed. */
export function mergeBody(base: JsonObject, extra: JsonObject = {}): JsonObject {
  const merged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(base)) if (value !== undefined) merged[key] = value
  for (const [key, value] of Object.entries(extra)) {
    if (value === undefined || key === '__proto__') continue
    const below = asObject(merged[key])
    const above = asObject(value)
    merged[key] = below && above ? mergeBody(below, above) : value
  }
  return merged
}
