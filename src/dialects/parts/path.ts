/**
 * Simple paths into JSON, such as `$.choices[0].message['content']` or the older form `choices.0.message.content`. `[-1]` means the last item, `[*]`
 * the first item with a value.
 */

/** Keys that would lead to an object's prototype instead of its data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const SEGMENT = /\.?([^.[\]'"*?()$\s]+)|\[(-?\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

/** The part `[*]` of a path: tries each item of a list, or member of an object, until one leads to a value. */
const EACH = Symbol('each')

/** A compiled path to a single value; empty for `$`. A number is an index of a list, or an object key that consists of digits. */
type JsonPlace = readonly (string | number)[]
/** A compiled path to a value in a reply, such as `choices[0].text`. The part `[*]` tries every item of a list. */
export type ReplyPath = readonly (string | number | typeof EACH)[]

const compiled = new Map<string, ReplyPath | undefined>()

/** Compiles the path of a value to read from a reply; undefined when the text is not a path. Compiled paths are cached. */
export function compilePath(text: string): ReplyPath | undefined {
  if (!compiled.has(text)) compiled.set(text, parsePath(text.trim()))
  return compiled.get(text)
}

/** Compiles the path of a value to set in a request body; undefined when the text is not a path, or has `[*]`, which would mean several places. */
export function compilePlace(text: string): JsonPlace | undefined {
  const path = compilePath(text)
  return path?.every((segment) => typeof segment !== 'symbol') ? path : undefined
}

function parsePath(text: string): ReplyPath | undefined {
  const path: ReplyPath[number][] = []
  let at = text.startsWith('$') ? 1 : 0
  if (text === '' || (at === 1 && /^[^.[]/.test(text.slice(1)))) return undefined
  while (at < text.length) {
    SEGMENT.lastIndex = at
    const match = SEGMENT.exec(text)
    const segment = match === null ? undefined : toSegment(match)
    // Only the first name of the dotted form has no dot before it.
    if (match === null || segment === undefined || (at > 0 && !/^[.[]/.test(match[0])) || (at === 0 && match[0].startsWith('.')))
      return undefined
    path.push(segment)
    at += match[0].length
  }
  return path
}

function toSegment(match: RegExpExecArray): ReplyPath[number] | undefined {
  const [, name, index, single, double] = match
  if (index === '*') return EACH
  if (index !== undefined) return Number(index)
  if (name !== undefined && /^(0|[1-9]\d*)$/.test(name)) return Number(name)
  const key = name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')
  return FORBIDDEN.has(key) ? undefined : key
}

/** Returns the value at a path in a reply; undefined when there is none. A path with `[*]` gives the first value that is not null. Never throws. */
export function readPath(path: ReplyPath, root: unknown): unknown {
  return readFrom(path, 0, root)
}

function readFrom(path: ReplyPath, from: number, root: unknown): unknown {
  let value = root
  for (let at = from; at < path.length; at++) {
    const segment = path[at]
    if (typeof value !== 'object' || value === null || segment === undefined) return undefined
    if (segment === EACH) return firstOf(path, at + 1, Object.values(value))
    if (Array.isArray(value)) value = typeof segment === 'number' ? value.at(segment) : undefined
    else value = Object.hasOwn(value, segment) ? Reflect.get(value, segment) : undefined
  }
  return value
}

/** Returns the first value that is not null, when the rest of a path is followed from each of `values`; null only if all that is found is null. */
function firstOf(path: ReplyPath, from: number, values: readonly unknown[]): unknown {
  let found: unknown
  for (const value of values) {
    const read = readFrom(path, from, value)
    if (read !== undefined && read !== null) return read
    if (read === null) found = null
  }
  return found
}

/**
 * Sets the value at a path in a JSON value (`root`) and returns the changed root. Missing objects and arrays on the path are created, and other
 * values in their place are replaced.
 */
export function writePath(path: JsonPlace, root: unknown, value: unknown): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return value
  const holder = typeof root === 'object' && root !== null ? root : typeof segment === 'number' ? [] : {}
  const key = Array.isArray(holder) && typeof segment === 'number' && segment < 0 ? Math.max(0, holder.length + segment) : segment
  const inner: unknown = Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined
  Reflect.set(holder, key, writePath(rest, inner, value))
  return holder
}
