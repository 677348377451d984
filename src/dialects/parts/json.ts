/** A JSON object whose members are unknown. */

import type { JsonObject } from '../../text/json.ts'

export type { JsonObject }

/** Returns a JSON value if it is an object; undefined for arrays, null and anything else. */
export function asObject(value: unknown): JsonObject | undefined {
  // The cast is safe: a JSON object has string keys only.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

/** Returns a JSON value if it is an array, else an empty array. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING
}

const NOTHING: readonly unknown[] = []

/** Returns a JSON value if it is a string, else ''. */
export function asString(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Returns a member of an object; undefined when `value` is not an object or has no own member `key`. */
export function member(value: unknown, key: string): unknown {
  const object = asObject(value)
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}

/** Converts a JSON value of a reply to text: strings as they are, null to '', others serialised. Never throws, however deep the value is. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '(nested too deeply to show)'
  }
}

/** The parsed value, or the reason why a text is not JSON. */
type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

const BOM = 0xfeff

/**
 * Parses a JSON text and never throws: a malformed text returns `ok: false` with the reason. A byte order mark at the start is ignored, as RFC 8259
 * (section 8.1) allows.
 */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text.charCodeAt(0) === BOM ? text.slice(1) : text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Returns the beginning of untrusted text, to be quoted in a message: at most 200 characters, with control characters escaped. */
export function sample(text: string): string {
  return text.length > 200 ? `${JSON.stringify(text.slice(0, 200))}…` : JSON.stringify(text)
}

/**
 * Returns a new object with the members of `base` and `extra`. When both objects have a member of the same name, the value in `extra` wins; if both
 * values are objects, they are merged in turn. Members with the value undefined are left out.
 */
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
