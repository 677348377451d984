import * as z from 'zod'
import { lateObject } from '../fields.ts'

/** The schema of an entry of `mutations:`, one deliberate change to a payload, so that the receiver gets data that it does not expect. */
export const mutationSchema = lateObject(() => ({
  type: z
    .enum(['add', 'remove', 'change', 'rename'])
    .describe('add or replace a field, remove it, change the type of its value, or give it another name'),
  path: z
    .string()
    .regex(/^(?:\$\.?)?[^.[\]$]+(?:\.[^.[\]]+|\[\d+\])*$/, 'expected a path such as data.items[0].id')
    .describe('The field, from the top of the message, such as data.items[0].id; what lies before its end must be there'),
  value: z
    .json()
    .optional()
    .describe('add: its value (default "unexpected"); change: the value in its place; rename: the new name (default: …_renamed)'),
}))

type Mutation = z.output<typeof mutationSchema>
type Holder = Record<string, unknown> | unknown[]

/** Applies one mutation to `message` in place. Returns false, and changes nothing, when a part of its path does not exist. */
export function mutate(message: Record<string, unknown>, { type, path, value }: Mutation): boolean {
  const names = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((name) => name !== '')
  const last = names.pop()
  const holder = names.reduce<unknown>((at, name) => (isHolder(at) ? valueAt(at, name) : undefined), message)
  if (last === undefined || !isHolder(holder)) return false
  if (type === 'add') return put(holder, last, value === undefined ? 'unexpected' : value)
  if (!has(holder, last)) return false
  const before = valueAt(holder, last)
  if (type === 'change') return put(holder, last, value === undefined ? otherType(before) : value)
  if (type === 'rename' && Array.isArray(holder)) return false
  take(holder, last)
  return type === 'remove' || put(holder, String(value ?? `${last}_renamed`), before)
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null
}

function has(holder: Holder, name: string): boolean {
  return Array.isArray(holder) ? Number(name) < holder.length : Object.hasOwn(holder, name)
}

function valueAt(holder: Holder, name: string): unknown {
  if (!has(holder, name)) return undefined
  return Array.isArray(holder) ? holder[Number(name)] : holder[name]
}

/** Sets an item; returns false for a list index beyond its end, because JSON lists have no holes. */
function put(holder: Holder, name: string, value: unknown): boolean {
  if (!Array.isArray(holder)) holder[name] = value
  else if (Number(name) <= holder.length) holder[Number(name)] = value
  else return false
  return true
}

function take(holder: Holder, name: string): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1)
  else delete holder[name]
}

/** The value with another JSON type: a number or boolean as text, anything else inside of a map. */
function otherType(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : { value }
}
