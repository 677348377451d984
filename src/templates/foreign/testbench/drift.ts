import { nearest } from '../../../language/suggest.ts'
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

/** Names of the kinds of drift (changed fields) in the tool Stream Testbench, with burn's names. */
const KINDS: Readonly<Record<string, string>> = {
  ADD_FIELD: 'add',
  REMOVE_FIELD: 'remove',
  CHANGE_TYPE: 'retype',
  RENAME_FIELD: 'rename',
}
const PATH = /^(?:\$\.?)?[^.[\]$]+(?:\.[^.[\]]+|\[\d+\])*$/
const PLAIN_NAME = /^[A-Za-z_]\w*$/
/** A member name that an entry of `faults` must not have. */
const UNSAFE = '__proto__'

/**
 * Converts the block `schemaDrift` of a Stream Testbench file to items of `faults`, one for each of its mutations; an invalid one is left out, with
 * an error among the notes. The caller adds the probability of each item.
 */
export function driftsOf(drift: ForeignFields): Data[] {
  const listed = drift.list('mutations', 'drifts', 'changes').filter(isMap)
  const type = drift.text('type', 'driftType')
  const path = drift.text('fieldPath')
  const newValue = drift.take('newValue')
  const all = listed.length > 0 || type === undefined ? listed : [{ type, fieldPath: path, newValue }]
  if (all.length === 0) drift.note('mutations', 'is empty: nothing drifts')
  if (all.length > 1)
    drift.note('mutations', 'are for one message each: what drifts gets one of them, each as likely as the others')
  return all.flatMap((mutation) => driftOf(mutation, drift))
}

function driftOf({ type, driftType, fieldPath, path, newValue }: Data, drift: ForeignFields): Data[] {
  const name = String(type ?? driftType ?? '').toUpperCase()
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  const place = String(fieldPath ?? path ?? '')
  if (kind === undefined) {
    const meant = nearest(name, Object.keys(KINDS))
    drift.problem('mutations', `has no type ${name}`, meant === undefined ? undefined : `did you mean ${meant}?`)
  } else if (!PATH.test(place)) drift.problem('mutations', `has a fieldPath that is none: "${place}"`, 'such as data.items[0].id')
  else return [{ drift: kind, path: pathOf(place), ...newOf(kind, place, newValue ?? undefined, drift) }]
  return []
}

/** Converts the name of a field in a Stream Testbench file to JSONPath: `data.items[0]` becomes `$.data.items[0]`; other characters are quoted. */
function pathOf(place: string): string {
  const names = place.replace(/^\$\.?/, '').match(/[^.[\]]+(?![^[]*\])|\[\d+\]/g) ?? []
  return `$${names.map((name) => (name.startsWith('[') ? name : PLAIN_NAME.test(name) ? `.${name}` : `[${quoted(name)}]`)).join('')}`
}

const quoted = (name: string) => `'${name.replace(/['\\]/g, '\\$&')}'`

/** Returns the keys of a drift that follow from the `newValue` of a mutation in a Stream Testbench file. */
function newOf(kind: string, place: string, newValue: unknown, drift: ForeignFields): Data {
  if (kind === 'remove' && newValue !== undefined)
    drift.note('mutations', `has a newValue for ${place}, which is removed: it was left out`)
  if (kind === 'remove') return {}
  if (kind !== 'rename') return newValue === undefined ? {} : { value: newValue }
  if (newValue === undefined) drift.note('mutations', `has no newValue for ${place}, which is renamed to ${renamed(place)}`)
  const to = newValue === undefined ? renamed(place) : String(newValue)
  if (to === '' || to === UNSAFE) drift.problem('mutations', `has a newValue for ${place} that is no name: "${to}"`)
  return { to: to === '' || to === UNSAFE ? renamed(place) : to }
}

const renamed = (place: string) => `${/[^.[\]$]+(?=\]?$)/.exec(place)?.[0] ?? 'field'}_renamed`
