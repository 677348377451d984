import { jsonIn } from '../../text/json.ts'
import type { StreamEvent } from './events.ts'
import type { EndBlock } from './options.ts'

/** True when a server-sent event meets the condition in the `end:` block, and so ends the reply. */
export function matches(end: EndBlock, { name, data }: StreamEvent): boolean {
  if (end.event !== undefined && end.event !== name) return false
  if (end.path === undefined) return true
  const value = memberAt(data, end.path)
  return end.equals === undefined ? value !== undefined : value === end.equals
}

/** Parses the JSON data of a server-sent event and returns the value at a path; undefined when there is none, or the data is not JSON. */
export function memberAt(text: string, path: string): unknown {
  return namesOf(path).reduce<unknown>(
    (owner, name) => (isRecord(owner) && Object.hasOwn(owner, name) ? owner[name] : undefined),
    jsonIn(text),
  )
}

/** Returns a copy of the JSON body of an SSE request with `value` set at a path such as `$.meta.id`. */
export function withMember(body: unknown, path: string, value: string): unknown {
  return placed(body, namesOf(path), value)
}

function placed(body: unknown, [name = '', ...rest]: readonly string[], value: string): unknown {
  const owner = isRecord(body) ? { ...body } : {}
  const inner = Object.hasOwn(owner, name) ? owner[name] : undefined
  return { ...owner, [name]: rest.length === 0 ? value : placed(inner, rest, value) }
}

function namesOf(path: string): string[] {
  return path.replace(/^\$\./, '').split('.')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
