/** Untrusted JSON: what a text holds, and what kind of value it is. */

/** A JSON object (or a YAML mapping) as it was read: by the names of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A JSON object while it is put together. */
export type JsonDraft = Record<string, unknown>

/** The value that the text holds, or undefined when it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value that a text holds where it is JSON, else the text itself. */
export function jsonOrText(text: string): unknown {
  const value = jsonIn(text)
  return value === undefined ? text : value
}

/** Whether a content type, such as `application/problem+json; charset=utf-8`, says that what it stands for is one document of JSON. */
export function isJsonContentType(contentType: string): boolean {
  return /^\s*(?!application\/grpc)(?:(?:application|text)\/json|[^;\s]+\+json)\s*(?:;|$)/i.test(contentType)
}

/** Whether a value is a mapping: neither null nor a list. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
