/** Finds places in a JSON value by paths such as `$.user.tags[0].name`, and changes them in a copy. */

/** One step of a path: the name of a member, the index of an entry, or `*` for all entries of a list. */
type PathStep = string | number | typeof EACH
const EACH = Symbol('*')

/**
 * A parsed path such as `$.items[*].id`, at which a fault changes the JSON payload of a request. The member named by its last step need not exist.
 */
type FaultPath = readonly PathStep[]

const STEP = /\.([A-Za-z_\p{L}][\w\p{L}-]*)|\[(\d+)\]|\[(\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/uy

/**
 * Parses a path at which a fault changes JSON: names, indexes and `[*]`, such as `$.items[*].id`; the `$` may be left out. Undefined for a text that
 * is not such a path.
 */
export function parsePlace(path: string): FaultPath | undefined {
  const text = path.trim()
  const rest = text.startsWith('$') ? text.slice(1) : /^[.[]/.test(text) ? text : `.${text}`
  const place: PathStep[] = []
  let at = 0
  while (at < rest.length) {
    STEP.lastIndex = at
    const match = STEP.exec(rest)
    if (!match) return undefined
    const [, name, index, each, single, double] = match
    const quoted = (single ?? double)?.replace(/\\(.)/g, '$1')
    place.push(each ? EACH : index === undefined ? (name ?? quoted ?? '') : Number(index))
    at = STEP.lastIndex
  }
  return place.length === 0 ? undefined : place
}

/** A place in the copy of a JSON value: a list or object, and the index or key in it. */
interface FoundPlace {
  readonly owner: Record<string, unknown> | unknown[]
  readonly key: string | number
}

/**
 * A function that changes one member of a copied JSON payload for a fault: the member `key` of `owner`, an object or list. `has` says whether the
 * member exists. Returns false when it changes nothing.
 */
export type ChangeAt = (owner: Record<string, unknown>, key: string | number, has: boolean) => boolean

/**
 * Copies a JSON payload, calls `change` for each place in the copy to which `path` leads, and returns the copy; undefined when nothing was changed.
 */
export function changedAt(value: unknown, path: FaultPath, change: ChangeAt): { readonly changed: unknown } | undefined {
  const copy: unknown = structuredClone(value)
  let count = 0
  for (const { owner, key } of findAll(copy, path)) {
    // A list is changed by index in the same way as an object by key.
    if (change(owner as Record<string, unknown>, key, Object.hasOwn(owner, key))) count += 1
  }
  return count === 0 ? undefined : { changed: copy }
}

function findAll(value: unknown, path: FaultPath): FoundPlace[] {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return []
  if (step === EACH) {
    if (!Array.isArray(value)) return []
    // From the end, so that removing an entry does not shift those that follow.
    return value.flatMap((entry, index) => (rest.length === 0 ? [{ owner: value, key: index }] : findAll(entry, rest))).reverse()
  }
  if (Array.isArray(value) !== (typeof step === 'number')) return []
  const owner = value as FoundPlace['owner']
  if (rest.length === 0) return [{ owner, key: step }]
  return Object.hasOwn(owner, step) ? findAll(Reflect.get(owner, step), rest) : []
}
