/** The payloads of Stream Testbench: a `payload:` block, or the same as templates where parts of it have to be changed. */
import type { Data } from '../template.ts'
import { isMap } from './fields.ts'

export interface PayloadRequest {
  /** Entries of `payloads`: names, or maps with a type and perhaps fields of their own. */
  readonly kinds: readonly unknown[]
  /** Fields of CUSTOM data. */
  readonly custom: unknown
  /** A JSON file with them. */
  readonly file: unknown
  readonly mqtt: boolean
}

const int = (from: number, to: number) => `{{randomInt ${from} ${to}}}`
/** Three decimals between two shares. */
const share = (from: number, to: number) => `{{div (randomInt ${from * 1000} ${to * 1000}) 1000}}`
const oneOf = (...words: string[]) => `{{pick ${words.map((word) => `"${word}"`).join(' ')}}}`

/** Variable with the moment at which the run began: setup makes it for messages that are templates. */
export const RUN_START = 'runStart'

/** Fields of each kind, names in snake case; the same ranges as those of the `payload:` block. */
const KINDS: Readonly<Record<string, (mqtt: boolean) => Data>> = {
  VOICE_DATA: (mqtt) => ({
    quality_score: share(0.5, 1),
    duration_ms: int(100, 4999),
    confidence_score: share(0.6, 1),
    ...(mqtt ? {} : { verified: '{{eq (randomInt 0 1) 1}}' }),
  }),
  BEHAVIORAL_DATA: (mqtt) => ({
    event_type: mqtt ? oneOf('interaction', 'navigation', 'task_completion') : oneOf('click', 'swipe', 'tap', 'scroll'),
    interaction_count: int(1, 49),
    session_duration_ms: int(1000, 59_999),
  }),
  SESSION_DATA: () => ({ session_id: '{{uuid}}', status: oneOf('active', 'idle', 'terminated'), event_count: int(1, 99) }),
  METRICS: () => ({ cpu_usage: int(0, 100), memory_usage: int(0, 100), network_latency: int(10, 499) }),
  HEARTBEAT: () => ({ status: 'alive', uptime_ms: `{{sub (now) ${RUN_START}}}` }),
  CUSTOM: () => ({}),
}

/** What CUSTOM data is when the file names no fields. */
const CUSTOM_FIELDS: Data = { test: 'value', number: int(0, 999) }

interface Kinds {
  readonly types: readonly string[]
  readonly custom: Data | undefined
  readonly file: string | undefined
}

/** The kinds that are known, and the fields of CUSTOM data. */
function kindsOf({ kinds, custom, file }: PayloadRequest, notes: string[]): Kinds {
  const entries = kinds.map((entry) => (isMap(entry) ? entry : { type: entry }))
  const own = entries.map((entry) => entry.customPayload ?? entry.payload).find(isMap)
  const names = entries.map(({ type }) => String(type ?? 'CUSTOM').toUpperCase())
  const types = [...new Set(names)].filter((name) => {
    if (KINDS[name] === undefined) notes.push(`payloads: there is no kind ${name}, and it was left out`)
    return KINDS[name] !== undefined
  })
  const fields = isMap(custom) ? custom : own
  const inFile = fields === undefined && typeof file === 'string' && file !== '' ? file : undefined
  const hasFields = fields !== undefined || inFile !== undefined
  const all = hasFields && !types.includes('CUSTOM') ? [...types, 'CUSTOM'] : types
  const inPlace = all.includes('CUSTOM') && inFile === undefined ? (fields ?? CUSTOM_FIELDS) : undefined
  return { types: all.length > 0 ? all : ['HEARTBEAT'], custom: inPlace, file: inFile }
}

/** The block: all listed kinds in one message, as the original merges them. */
export function payloadBlock(request: PayloadRequest, notes: string[]): Data {
  const { types, custom, file } = kindsOf(request, notes)
  const fields = { ...(custom ? { custom } : {}), ...(file ? { payloadFile: file } : {}) }
  return { types, envelope: request.mqtt ? 'graphql' : 'sync_data', ...fields }
}

const MUTATION = 'mutation Sync($input: SyncInput!) { sync(input: $input) { status } }'

/** The same message as templates. */
export function messageOf(request: PayloadRequest, notes: string[]): Data {
  const { types, custom, file } = kindsOf(request, notes)
  if (file) notes.push(`payloadFile: the fields in ${file} were left out of messages that drift; write them in customPayload`)
  const fields: Data = Object.assign({}, ...types.map((type) => KINDS[type]?.(request.mqtt)))
  const data = request.mqtt ? { ...camel(fields), ...custom } : { ...fields, ...custom }
  if (request.mqtt)
    return {
      serviceName: 'burn',
      uuids: ['{{uuid}}'],
      query: MUTATION,
      variables: { input: data },
      timestamp: '{{isoTimestamp}}',
    }
  return {
    type: 'sync_data',
    correlation_id: '{{uuid}}',
    timestamp: '{{isoTimestamp}}',
    data: { ...data, timestamp: '{{isoTimestamp}}', message_id: '{{uuid}}', connection_type: 'websocket' },
  }
}

function camel(fields: Data): Data {
  const spell = (name: string) => name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [spell(name), value]))
}
