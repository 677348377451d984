/**
 * `failureInjection` of Stream Testbench as steps: each message draws its lot, and the branches do what it says. Duplicates are the same
 * bytes again, drifted and dropped messages have names of their own, so that their numbers are kept apart.
 */
import type { Data } from '../template.ts'
import { type Fields, isMap } from './fields.ts'

/** What a message step needs to be sent, sent again, or sent changed. */
export interface Sending {
  /** The message as templates, for faults that change it. */
  readonly message: () => Data
  /** The same as a `payload:` block. */
  readonly payload: Data
  /** A step that sends the variable `payload`. */
  readonly send: (name: string) => Data
  /** Steps that cut the connection; undefined where no step can. */
  readonly drop: Data | undefined
}

const LOTS = 1_000_000
const COPY_LOT = 'copyLot'
/** Longest wait between a message and its copy. */
const COPY_DELAY = '10ms..99ms'

/** Steps for one iteration. A message that may drift is made of templates, any other by a `payload:` block. */
export function stepsWithFaults(faults: Fields, sending: Sending): Data[] {
  const on = faults.flag('enabled', false)
  const drifted = drift(faults, sending.message)
  const parts = [delays(faults), drifted, duplicates(faults, sending), drops(faults, sending)]
  faults.finish()
  const active = on ? parts.filter((part) => part !== undefined) : []
  if (!on && parts.some((part) => part !== undefined)) faults.note('enabled', 'is false: its faults were left out')
  const lots = Object.fromEntries(active.map((part) => [part.lot, `{{randomInt 1 ${LOTS}}}`]))
  const own = on && drifted !== undefined
  const again = active.some(({ lot }) => lot === COPY_LOT)
  // A copy reads the payload that the step before it has made; until then there is none.
  const set = own ? { payload: sending.message(), ...lots } : again ? { payload: null, ...lots } : lots
  return [
    ...(Object.keys(set).length > 0 ? [{ set }] : []),
    ...active.flatMap(({ before }) => before ?? []),
    { ...sending.send('send'), ...(own ? {} : { payload: sending.payload }) },
    ...active.flatMap(({ after }) => after ?? []),
  ]
}

interface Part {
  /** Variable that decides whether it happens. */
  readonly lot: string
  readonly before?: readonly Data[]
  readonly after?: readonly Data[]
}

function lot(faults: Fields, name: string, fallback: number): { fields: Fields; below: number } | undefined {
  if (!faults.has(name)) return undefined
  const fields = faults.map(name)
  const below = Math.round((fields.number('probability') ?? fallback) * LOTS)
  if (fields.flag('enabled', true) && below > 0) return { fields, below }
  fields.note('', 'never happens, and was left out')
  return undefined
}

function delays(faults: Fields): Part | undefined {
  const found = lot(faults, 'networkDelays', 0.05)
  if (!found) return undefined
  const { fields, below } = found
  const range = fields.map('rangeMs')
  const from = range.number('start', 'min') ?? fields.number('minMs') ?? 50
  const to = Math.max(from, range.number('endInclusive', 'end', 'max') ?? fields.number('maxMs') ?? 500)
  range.finish()
  fields.finish()
  fields.note(
    '',
    'holds the user back before the message is sent, as the original does: the wait is part of response_time, not of service_time',
  )
  return { lot: 'delayLot', before: [{ if: `delayLot <= ${below}`, then: [{ delay: `${from}ms..${to}ms` }] }] }
}

function duplicates(faults: Fields, { send }: Sending): Part | undefined {
  const found = lot(faults, 'duplicateMessages', 0.01)
  if (!found) return undefined
  const { fields, below } = found
  const most = Math.max(1, fields.number('maxDuplicates') ?? 3)
  fields.finish()
  const copy = { loop: { times: `{{randomInt 1 ${most}}}`, steps: [{ delay: COPY_DELAY }, send('duplicate')] } }
  return { lot: COPY_LOT, after: [{ if: `${COPY_LOT} <= ${below}`, then: [copy] }] }
}

function drops(faults: Fields, { drop }: Sending): Part | undefined {
  const found = lot(faults, 'connectionDrops', 0.001)
  if (!found) return undefined
  const { fields, below } = found
  const wait = fields.number('reconnectDelayMs') ?? 1000
  fields.finish()
  if (drop) return { lot: 'dropLot', after: [{ if: `dropLot <= ${below}`, then: [drop, { delay: `${wait}ms` }] }] }
  fields.note('', 'has no equivalent for this protocol, and was left out')
  return undefined
}

function drift(faults: Fields, message: () => Data): Part | undefined {
  const found = lot(faults, 'schemaDrift', 0.001)
  if (!found) return undefined
  const { fields, below } = found
  const mutations = fields.list('mutations', 'drifts', 'changes').filter(isMap)
  const all =
    mutations.length > 0
      ? mutations
      : [{ type: fields.text('type', 'driftType'), fieldPath: fields.text('fieldPath'), newValue: fields.take('newValue') }]
  fields.finish()
  const original = message()
  const drifted = all.reduce<Data>(
    (value, mutation) => mutate(value, mutation, original, fields),
    references(original, 'payload'),
  )
  return { lot: 'driftLot', before: [{ if: `driftLot <= ${below}`, then: [{ set: { payload: drifted } }] }] }
}

/** Each part of the message as it was rendered: what does not drift stays the same. */
function references(part: Data, path: string): Data {
  return Object.fromEntries(Object.keys(part).map((key) => [key, `{{${path}.${/^[A-Za-z_]\w*$/.test(key) ? key : `[${key}]`}}}`]))
}

function mutate(value: Data, mutation: Data, original: Data, fields: Fields): Data {
  const { type, driftType, fieldPath, path, newValue } = mutation
  const kind = String(type ?? driftType ?? '').toUpperCase()
  const keys = String(fieldPath ?? path ?? '')
    .replace(/^\$\./, '')
    .split('.')
    .filter((key) => key !== '')
  if (keys.length === 0) {
    fields.note('fieldPath', 'is missing: nothing drifts')
    return value
  }
  const change = CHANGES[kind]
  if (change) return at({ value, original, path: 'payload' }, keys, (holder, key) => change(holder, key, newValue))
  fields.note('type', `${kind} is not known, and was left out`)
  return value
}

type Change = (holder: Data, key: string, value: unknown) => Data

const CHANGES: Readonly<Record<string, Change>> = {
  ADD_FIELD: (holder, key, value) => ({ ...holder, [key]: value ?? 'unexpected' }),
  REMOVE_FIELD: (holder, key) => without(holder, key),
  CHANGE_TYPE: (holder, key, value) => ({ ...holder, [key]: value ?? { value: holder[key] ?? null } }),
  RENAME_FIELD: (holder, key, value) => ({ ...without(holder, key), [String(value ?? `${key}_renamed`)]: holder[key] ?? null }),
}

function without(holder: Data, key: string): Data {
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key))
}

interface Place {
  readonly value: Data
  /** The same part of the message before any change. */
  readonly original: Data
  readonly path: string
}

/** A copy with a change at a path; maps that are missing on the way are made. */
function at(
  { value, original, path }: Place,
  [key = '', ...rest]: readonly string[],
  change: (holder: Data, key: string) => Data,
): Data {
  if (rest.length === 0) return change(value, key)
  const inner = value[key]
  const before = original[key]
  const place = { original: isMap(before) ? before : {}, path: `${path}.${key}` }
  const start = isMap(inner) ? inner : references(place.original, place.path)
  return { ...value, [key]: at({ ...place, value: start }, rest, change) }
}
