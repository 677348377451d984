import * as z from 'zod'
import { defineFault } from '../form/kind.ts'
import { type ChangeAt, changedAt, parsePlace } from '../form/place.ts'

/** A key that must not be added to an object, because it would change the object's prototype. */
const UNSAFE = '__proto__'

/** The fault `{ drift: add, path: $.extra, value: 1, probability: 0.1% }`: adds, removes, renames or retypes a member of the JSON that is sent. */
export const drift = defineFault({
  key: 'drift',
  describe: 'The JSON of a request differs from its schema at one path; where the path is not there, nothing is injected',
  blamed: true,
  fields: () => ({
    drift: z.enum(['add', 'remove', 'rename', 'retype']).describe('What happens to the member'),
    path: z
      .string()
      .refine(
        (text) => parsePlace(text) !== undefined,
        'expected a path of names and indexes, such as $.user.tags[0] or $.items[*].id',
      )
      .describe('Where, such as $.user.name; [*] stands for all entries of a list'),
    value: z
      .json()
      .optional()
      .describe('add: the new value (default null). retype: the value in its place; left out: the old one as another type'),
    to: z
      .string()
      .min(1)
      .refine((name) => name !== UNSAFE, 'not a name for a member')
      .optional()
      .describe('rename: the new name'),
  }),
  rules: [
    {
      path: 'to',
      message: 'rename needs `to`, and nothing else has it',
      holds: ({ drift: how, to }) => (to !== undefined) === (how === 'rename'),
    },
    {
      path: 'value',
      message: 'only add and retype have a value',
      holds: ({ drift: how, value }) => value === undefined || how === 'add' || how === 'retype',
    },
  ],
  build: ({ drift: how, path, value, to = '' }) => {
    const place = parsePlace(path) ?? []
    const change = CHANGES[how](value, to)
    const injection = { does: 'drift', change: (payload: unknown) => changedAt(payload, place, change) } as const
    return () => injection
  },
})

const CHANGES: Readonly<Record<'add' | 'remove' | 'rename' | 'retype', (value: unknown, to: string) => ChangeAt>> = {
  add: (value) => (owner, key, has) => {
    const isList = Array.isArray(owner)
    // Into a list, the value is inserted before the entry at this index.
    if ((has && !isList) || key === UNSAFE) return false
    if (isList) owner.splice(Math.min(Number(key), owner.length), 0, value ?? null)
    else owner[key] = value ?? null
    return true
  },
  remove: () => (owner, key, has) => {
    if (!has) return false
    if (Array.isArray(owner)) owner.splice(Number(key), 1)
    else delete owner[key]
    return true
  },
  rename: (_, to) => (owner, key, has) => {
    if (!has || Array.isArray(owner) || key === to) return false
    owner[to] = owner[key]
    delete owner[key]
    return true
  },
  retype: (value) => (owner, key, has) => {
    if (!has) return false
    owner[key] = value === undefined ? otherType(owner[key]) : value
    return true
  },
}

/**
 * Converts a value to another JSON type: a number to text; a text to its number or a list; true and false to text; a list or object to text; null to
 * an object.
 */
function otherType(value: unknown): unknown {
  if (value === null) return {}
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value !== 'string') return String(value)
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : [value]
}
