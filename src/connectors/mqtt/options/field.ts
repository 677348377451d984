import { isMap } from '../../../text/json.ts'

/**
 * Returns a field of a JSON payload as text; undefined when the field is missing, or is no text, number or boolean. `path` is the list of member
 * names that leads to the field; for an item of a list, the name is its index from 0.
 */
export function fieldOf(payload: Uint8Array, path: readonly string[]): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
  for (const name of path) value = holds(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return asText(value)
}

/**
 * Adds `id` to the body of an MQTT message, in the field to which the member names in `path` lead. Returns a copy of the body with the id, and the
 * id. If the field already holds a text, number or boolean, that is kept and returned as the id. Undefined when the id cannot be added, because a
 * value of another type is in the field or on the path to it.
 */
export function withField(body: unknown, path: readonly string[], id: string): { body: unknown; id: string } | undefined {
  const [name, ...rest] = path
  if (name === undefined) {
    const own = asText(body)
    if (own !== undefined) return { body, id: own }
    return body === undefined || body === null ? { body: id, id } : undefined
  }
  if (Array.isArray(body)) return inList(body, name, rest, id)
  if (!isMap(body ?? {})) return undefined
  const object = (body ?? {}) as Record<string, unknown> // just checked
  const inner = withField(Object.hasOwn(object, name) ? object[name] : undefined, rest, id)
  return inner && { body: { ...object, [name]: inner.body }, id: inner.id }
}

function inList(list: readonly unknown[], name: string, rest: readonly string[], id: string) {
  const index = Number(name)
  if (!Number.isInteger(index) || index < 0 || index > list.length) return undefined
  const inner = withField(list[index], rest, id)
  return inner && { body: Object.assign([...list], { [index]: inner.body }), id: inner.id }
}

/** True for an object or an array. */
function holds(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
