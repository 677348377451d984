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

/** How many lists and objects JSON of others may nest in one another: code that walks through a value would overflow the stack with thousands. */
const MAX_DEPTH = 1000

/**
 * Parses JSON that is not trusted, like `JSON.parse`.
 * @throws SyntaxError for a text that is not JSON, and for one with more than 1,000 lists and objects in one another
 */
export function parseUntrusted(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`more than ${MAX_DEPTH} lists and objects are nested in one another`)
  return JSON.parse(text)
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** True for a JSON text in which more than 1,000 lists and objects are nested in one another. */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) inString = false
    } else if (code === QUOTE) inString = true
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth -= 1
  }
  return false
}

/** Parses JSON; returns undefined for a text that is not JSON, or nested more than 1,000 levels deep. */
export function jsonIn(text: string): unknown {
  try {
    return parseUntrusted(text)
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
