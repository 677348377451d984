import { nearest } from '../../../language/suggest.ts'
import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

const KINDS = ['VOICE_DATA', 'BEHAVIORAL_DATA', 'SESSION_DATA', 'METRICS', 'HEARTBEAT', 'CUSTOM']
/** The payload types of a Stream Testbench file that names none. */
const USUAL = ['HEARTBEAT', 'METRICS']
const RANDOM_NUMBER = '{{randomInt -2147483648 2147483647}}'
/** The fields of CUSTOM data in a Stream Testbench file that names none. */
const CUSTOM_FIELDS: Data = { test_field: 'test_value', random_number: RANDOM_NUMBER }
const CUSTOM_FIELDS_MQTT: Data = { testField: 'testValue', randomNumber: RANDOM_NUMBER }
const SERVICE = 'streamtestbench'
const MUTATION = 'mutation { processStreamData(input: $input) { success message } }'

/**
 * Converts the payload types of a Stream Testbench file to the `payload:` block of a step: one message with a part for each type. `mqtt` chooses the
 * form that the message has over MQTT. A type that is not known is left out, with an error among the notes.
 */
export function payloadBlock(fields: ForeignFields, mqtt: boolean): Data {
  const listed = fields.list('payloads', 'payloadTypes')
  const entries = (listed.length > 0 ? listed : USUAL).map((entry) => (isMap(entry) ? entry : { type: entry }))
  const types = [...new Set(entries.map(({ type }) => String(type ?? 'CUSTOM').toUpperCase()))]
  for (const name of types.filter((kind) => !KINDS.includes(kind))) unknownKind(fields, name)
  const known = types.filter((name) => KINDS.includes(name))
  return {
    ...withCustom(fields, known.length > 0 ? known : USUAL, entries, mqtt),
    ...(mqtt ? { envelope: 'graphql', service: SERVICE, query: MUTATION } : { envelope: 'sync_data' }),
  }
}

function unknownKind(fields: ForeignFields, name: string): void {
  const meant = nearest(name, KINDS)
  fields.problem('payloads', `has no kind ${name}`, meant === undefined ? `one of ${KINDS.join(', ')}` : `did you mean ${meant}?`)
}

/** Adds the fields of CUSTOM data to the entries of a `payload:` block: those in the Stream Testbench file, of its `payloadFile`, or the defaults. */
function withCustom(fields: ForeignFields, types: readonly string[], entries: readonly Data[], mqtt: boolean): Data {
  const written = fields.take('customPayload')
  const file = fields.take('payloadFile')
  const own = isMap(written) ? written : entries.map((entry) => entry.customPayload ?? entry.payload).find(isMap)
  const inFile = own === undefined && typeof file === 'string' && file !== '' ? file : undefined
  const all = (own ?? inFile) !== undefined && !types.includes('CUSTOM') ? [...types, 'CUSTOM'] : types
  if (!all.includes('CUSTOM')) return { types: all }
  if (inFile !== undefined) return { types: all, payloadFile: inFile }
  return { types: all, custom: own ?? (mqtt ? CUSTOM_FIELDS_MQTT : CUSTOM_FIELDS) }
}
