/** Explains keys that the block which contains them does not allow. */
import { E_UNKNOWN_KEY } from '../problems/values/E_UNKNOWN_KEY.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { keyIndex, kindOf, requiredKeys, type Schema, shapeOf } from '../schema/schema-walk.ts'
import { genericPath, placeOf } from './places.ts'
import { synonymOf } from './synonyms.ts'
import { misspeltKey } from './union.ts'

/** The map that contains an unknown key: its path, its schema, its value, and the other forms that it might have had. */
interface Owner {
  readonly path: Path
  readonly schema: Schema | undefined
  readonly value: unknown
  readonly otherForms: readonly Schema[]
}

const MAX_LISTED = 14

function listed(keys: readonly string[]): string {
  return keys.length > MAX_LISTED ? `${keys.slice(0, MAX_LISTED).join(', ')}, …` : keys.join(', ')
}

/** Returns the number of steps that two paths have in common, from the top. */
function shared(left: string, right: string): number {
  const [a, b] = [left.split('.'), right.split('.')]
  const apart = a.findIndex((step, index) => step !== b[index])
  return left === '' ? 0 : apart === -1 ? a.length : apart
}

/** Returns in words in which block an unknown key would be valid, choosing the nearest one; undefined when there is none. */
function belongs(key: string, owner: Owner, root: Schema): string | undefined {
  const here = genericPath(owner.path)
  const [best] = (keyIndex(root).get(key) ?? []).filter((path) => path !== here).sort((a, b) => shared(b, here) - shared(a, here))
  if (best === undefined) return undefined
  return best === '' ? `${key} belongs at the top of the file` : `${key} belongs under ${best}`
}

function hintFor(key: string, owner: Owner, root: Schema): string | undefined {
  const { value } = owner
  const forms = [owner.schema, ...owner.otherForms].filter((form) => form !== undefined)
  // zod has compared the value with an alternative that does not have the key.
  const schema = forms.find((form) => !Object.hasOwn(shapeOf(form) ?? {}, key))
  const synonym = synonymOf(placeOf(owner.path), key, value)
  if (synonym !== undefined) return synonym.hint
  const meant = schema && requiredKeys(schema)[0]
  const otherForm = forms.some((form) => requiredKeys(form)[0] === key)
  if (otherForm && meant !== undefined && meant !== key)
    return `${meant} and ${key} are different forms: use one of them, or make ${key} an entry of its own`
  const owning = forms.find((form) => Object.hasOwn(shapeOf(form) ?? {}, key))
  const kind = owning && kindOf(owning)
  if (kind) return `${key} goes with ${kind.key}: ${kind.word}`
  const near = schema && misspeltKey(key, value, schema)
  if (near !== undefined) return `did you mean ${near}?`
  const place = belongs(key, owner, root)
  if (place !== undefined) return place
  const keys = Object.keys((schema && shapeOf(schema)) ?? {})
  return keys.length > 0 ? `known here: ${listed(keys)}` : undefined
}

/**
 * Returns the keys of a map that burn knows from other tools, such as `vus`; `path` is the place of the map in the scenario. A key is left out when
 * the hint for another key of the map, such as `type`, already explains it.
 */
export function foreignKeys(path: Path, value: object): string[] {
  const place = placeOf(path)
  return Object.keys(value).filter((key) => synonymOf(place, key, value)?.covered === false)
}

/**
 * Returns an error with a hint for each key in `all`, the unknown keys of the map `owner`. A key gets no error when the hint for another key of the
 * map, such as `type`, already explains it. `root` is the schema of the whole scenario.
 */
export function unknownKeyFindings(all: readonly string[], owner: Owner, root: Schema): Finding[] {
  const place = placeOf(owner.path)
  const keys = all.filter((key) => !synonymOf(place, key, owner.value)?.covered)
  return keys.map((key) => {
    const wording = E_UNKNOWN_KEY.unknown(key, owner.path, hintFor(key, owner, root))
    return { ...wording, path: [...owner.path, key], mark: 'key' as const }
  })
}
