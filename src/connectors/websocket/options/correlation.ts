import { isMap } from '../../../text/json.ts'

type CorrelationFields = Readonly<Record<string, unknown>>

/** Splits a path such as `$.meta.id` into the names of its members, here `meta` and `id`. */
export function namesOf(path: string): readonly string[] {
  return path.replace(/^\$\./, '').split('.')
}

/**
 * Makes sure that a JSON message has an id at the path `at`. Returns the message and its id: the id that it has there already or, if it has none,
 * `id`, which is added to a copy of the message.
 */
export function withId(object: CorrelationFields, at: readonly string[], id: string): { object: CorrelationFields; id: string } {
  const [name = '', ...rest] = at
  const value = Object.hasOwn(object, name) ? object[name] : undefined
  if (rest.length > 0) {
    const inner = withId(isMap(value) ? value : {}, rest, id)
    return { object: { ...object, [name]: inner.object }, id: inner.id }
  }
  if (isId(value)) return { object, id: String(value) }
  return { object: { ...object, [name]: id }, id }
}

/** True when a JSON value can be the id of a message: a number, or a text that is not empty. */
export function isId(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
