/** The payloads of Stream Testbench as templates: the same fields and ranges. */
import type { Data } from '../template.ts'
import { isMap } from './fields.ts'

const int = (from: number, to: number) => `{{randomInt ${from} ${to}}}`
/** Three decimals between two shares. */
const share = (from: number, to: number) => `{{div (randomInt ${from * 1000} ${to * 1000}) 1000}}`
const oneOf = (...words: string[]) => `{{pick ${words.map((word) => `"${word}"`).join(' ')}}}`

/** Fields of one kind of payload. `everyMs` is the time between two messages of a user. */
const KINDS: Readonly<Record<string, (everyMs: number, mqtt: boolean) => Data>> = {
  VOICE_DATA: (_everyMs, mqtt) => ({
    quality_score: share(0.5, 1),
    duration_ms: int(100, 4999),
    confidence_score: share(0.6, 1),
    ...(mqtt ? {} : { verified: '{{eq (randomInt 0 1) 1}}' }),
  }),
  BEHAVIORAL_DATA: (_everyMs, mqtt) => ({
    event_type: mqtt ? oneOf('interaction', 'navigation', 'task_completion') : oneOf('click', 'swipe', 'tap', 'scroll'),
    interaction_count: int(1, 49),
    session_duration_ms: int(1000, 59_999),
  }),
  SESSION_DATA: () => ({ session_id: '{{uuid}}', status: oneOf('active', 'idle', 'terminated'), event_count: int(1, 99) }),
  METRICS: () => ({ cpu_usage: int(0, 100), memory_usage: int(0, 100), network_latency: int(10, 499) }),
  HEARTBEAT: (everyMs) => ({ status: 'alive', uptime_ms: `{{mul iteration.ofUser ${everyMs}}}` }),
  CUSTOM: () => ({ test: 'value', number: int(0, 999) }),
}

export interface PayloadRequest {
  /** Entries of `payloads`: names, or maps with a type and perhaps a payload of their own. */
  readonly kinds: readonly unknown[]
  readonly everyMs: number
  readonly mqtt: boolean
}

/** The data of one message: all listed kinds in one map, as the original merges them. */
function dataOf({ kinds, everyMs, mqtt }: PayloadRequest, notes: string[]): Data {
  const parts = kinds.map((entry): readonly [string, unknown] => {
    const { type, payload, customPayload } = isMap(entry) ? entry : { type: entry, payload: undefined, customPayload: undefined }
    const name = String(type ?? 'CUSTOM').toUpperCase()
    const own = customPayload ?? payload
    if (own !== undefined) return [name.toLowerCase(), own]
    const make = KINDS[name]
    if (!make) notes.push(`payloads: there is no kind ${name}, and it was left out`)
    return [name.toLowerCase(), make?.(everyMs, mqtt)]
  })
  return Object.fromEntries(parts.filter(([, data]) => data !== undefined))
}

const MUTATION = 'mutation SyncData($input: SyncInput!) { syncData(input: $input) { success } }'

/** The whole message: an envelope with an id and the time around the data. */
export function messageOf(request: PayloadRequest, notes: string[]): Data {
  const data = dataOf(request, notes)
  if (request.mqtt)
    return {
      serviceName: 'mobile-sync',
      uuids: ['{{uuid}}'],
      query: MUTATION,
      variables: { input: data },
      timestamp: '{{isoTimestamp}}',
    }
  return {
    type: 'sync_data',
    correlation_id: '{{uuid}}',
    timestamp: '{{isoTimestamp}}',
    data: { timestamp: '{{isoTimestamp}}', message_id: '{{uuid}}', connection_type: 'websocket', ...data },
  }
}
