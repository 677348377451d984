import { nearest } from '../../../language/suggest.ts'
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

/** Kinds of drift in Stream Testbench and their names in burn. */
const TYPES: Readonly<Record<string, string>> = {
  ADD_FIELD: 'add',
  REMOVE_FIELD: 'remove',
  CHANGE_TYPE: 'change',
  RENAME_FIELD: 'rename',
}
const PATH = /^(?:\$\.?)?[^.[\]$]+(?:\.[^.[\]]+|\[\d+\])*$/

/** Converts the block `schemaDrift` of a Stream Testbench file to burn's `mutations`, which change fields of a generated payload. */
export function mutationsOf(drift: ForeignFields): Data[] {
  const listed = drift.list('mutations', 'drifts', 'changes').filter(isMap)
  const type = drift.text('type', 'driftType')
  const path = drift.text('fieldPath')
  const newValue = drift.take('newValue')
  const all = listed.length > 0 || type === undefined ? listed : [{ type, fieldPath: path, newValue }]
  return all.flatMap((mutation) => mutationOf(mutation, drift))
}

function mutationOf({ type, driftType, fieldPath, path, newValue }: Data, drift: ForeignFields): Data[] {
  const name = String(type ?? driftType ?? '').toUpperCase()
  const kind = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  const place = String(fieldPath ?? path ?? '')
  if (kind === undefined) {
    const meant = nearest(name, Object.keys(TYPES))
    drift.problem('mutations', `has no type ${name}`, meant === undefined ? undefined : `did you mean ${meant}?`)
  } else if (!PATH.test(place)) drift.problem('mutations', `has a fieldPath that is none: "${place}"`, 'such as data.items[0].id')
  else return [{ type: kind, path: place, ...(newValue === undefined || newValue === null ? {} : { value: newValue }) }]
  return []
}

/** True when one of the mutations removes, renames or changes the field `field` of a payload, so that replies can no longer repeat it. */
export function takesAway(mutations: readonly Data[], field: string): boolean {
  return mutations.some(({ type, path }) => {
    const names = String(path)
      .replace(/^\$\.?/, '')
      .split(/[.[\]]+/)
    return type !== 'add' && names[0] === field
  })
}
