/** Simple paths into JSON: `$.choices[0].message['content']`, and the older dotted form `choices.0.message.content`. `[-1]` is the last element. */

/** Keys that lead to the prototype instead of to data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const SEGMENT = /\.?([^.[\]'"*?()$\s]+)|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y

/** A compiled path: numbers are array positions, or keys of an object that happens to have digits for one. Empty for `$`. */
export type Path = readonly (string | number)[]

const compiled = new Map<string, Path | undefined>()

/** Compiles a path once; undefined when it is not one. Paths come from scenarios only, so the cache stays small. */
export function compilePath(text: string): Path | undefined {
  if (!compiled.has(text)) compiled.set(text, parsePath(text.trim()))
  return compiled.get(text)
}

function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = []
  let at = text.startsWith('$') ? 1 : 0
  if (text === '' || (at === 1 && /^[^.[]/.test(text.slice(1)))) return undefined
  while (at < text.length) {
    SEGMENT.lastIndex = at
    const match = SEGMENT.exec(text)
    const segment = match === null ? undefined : toSegment(match)
    // Only the first name of the dotted form goes without a dot.
    if (match === null || segment === undefined || (at > 0 && !/^[.[]/.test(match[0])) || (at === 0 && match[0].startsWith('.')))
      return undefined
    path.push(segment)
    at += match[0].length
  }
  return path
}

function toSegment(match: RegExpExecArray): string | number | undefined {
  const [, name, index, single, double] = match
  if (index !== undefined) return Number(index)
  if (name !== undefined && /^(0|[1-9]\d*)$/.test(name)) return Number(name)
  const key = name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')
  return FORBIDDEN.has(key) ? undefined : key
}

/** The value at a path; undefined when there is none. Never throws. */
export function readPath(path: Path, root: unknown): unknown {
  let value = root
  for (let at = 0; at < path.length; at++) {
    const segment = path[at]
    if (typeof value !== 'object' || value === null || segment === undefined) return undefined
    if (Array.isArray(value)) value = typeof segment === 'number' ? value.at(segment) : undefined
    else value = Object.hasOwn(value, segment) ? Reflect.get(value, segment) : undefined
  }
  return value
}

/** Sets the value at a path and returns the root. Missing objects and arrays on the way are made; what is neither is replaced. */
export function writePath(path: Path, root: unknown, value: unknown): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return value
  const holder = typeof root === 'object' && root !== null ? root : typeof segment === 'number' ? [] : {}
  const key = Array.isArray(holder) && typeof segment === 'number' && segment < 0 ? Math.max(0, holder.length + segment) : segment
  const inner: unknown = Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined
  Reflect.set(holder, key, writePath(rest, inner, value))
  return holder
}
