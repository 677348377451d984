/** Parses JSON that is not trusted, and tests which kind of value it is. */

/** A JSON object or a YAML mapping, as read from a text. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A JSON object that code is still building, so that members can be added. */
export type JsonDraft = Record<string, unknown>

const asNumber = { value: () => Number.NaN }

/**
 * Returns an empty object for data from a file. It has no prototype, so that it has no members, such as `constructor`, that are not in the file.
 * Comparing it with a number gives false, where other objects without a prototype throw; zod makes such comparisons.
 */
export function newMap(): JsonDraft {
  return Object.defineProperty(Object.create(null), Symbol.toPrimitive, asNumber)
}

/** Parses JSON; returns undefined for a text that is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parses JSON; returns the text itself when it is not JSON. */
export function jsonOrText(text: string): unknown {
  const value = jsonIn(text)
  return value === undefined ? text : value
}

const JSON_TYPE = /^\s*(?!application\/grpc)(?:(?:application|text)\/json|[^;\s]+\+json)\s*(?:;|$)/i
/** The content type that was tested last, and the answer: the replies of a target mostly have the same one. */
let tested = { contentType: '', isJson: false }

/** True for a content type such as `application/problem+json; charset=utf-8`, which means one JSON value, not a stream. */
export function isJsonContentType(contentType: string): boolean {
  if (tested.contentType !== contentType) tested = { contentType, isJson: JSON_TYPE.test(contentType) }
  return tested.isJson
}

/** True when a value is an object, and neither null nor an array. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
