import type { Random } from '../random.ts'
import type { JsonDraft } from '../text/json.ts'

/** The input for generating a payload: the user's random numbers, the time, and the variables of the scenario. */
export interface PayloadContext {
  /** The user's stream of random numbers, the only source of chance in a payload. */
  readonly random: Random
  /** The time in ms since 1970. */
  readonly wallNowMs: number
  /** The time in ms since this user was made. */
  readonly uptimeMs: number
  /** Number of payloads that this user has made from this block before. */
  readonly index: number
  /** Variables for the templates in data of type CUSTOM. */
  readonly scope: Readonly<Record<string, unknown>>
  /** The user's client id in its protocol, such as MQTT; undefined where the protocol has none. */
  readonly clientId?: string | undefined
}

/** Whether the payload is for a GraphQL service, which has other event names and no field `verified`. */
interface Flavour {
  readonly graphql: boolean
}

const UI_EVENTS = ['click', 'swipe', 'tap', 'scroll']
const SERVICE_EVENTS = ['interaction', 'navigation', 'task_completion']
const SESSION_STATES = ['active', 'idle', 'terminated']

/** Returns a uniformly random number from `low` up to, but not including, `high`, cut to `digits` decimals. */
function decimal(random: Random, low: number, high: number, digits: number): number {
  const factor = 10 ** digits
  return Math.floor((low + random.next() * (high - low)) * factor) / factor
}

/**
 * Functions that generate the fields of each payload type, by the type's name, such as `VOICE_DATA`. Values lie in the same ranges as in the tool
 * Stream Testbench. The type `CUSTOM` has no generated fields, because the scenario writes them itself.
 */
export const generators = {
  VOICE_DATA: ({ random }: PayloadContext, { graphql }: Flavour): JsonDraft => ({
    quality_score: decimal(random, 0.5, 1, 3),
    duration_ms: random.int(100, 4999),
    confidence_score: decimal(random, 0.6, 1, 3),
    ...(graphql ? {} : { verified: random.next() < 0.5 }),
  }),
  BEHAVIORAL_DATA: ({ random }: PayloadContext, { graphql }: Flavour): JsonDraft => ({
    event_type: random.pick(graphql ? SERVICE_EVENTS : UI_EVENTS),
    interaction_count: random.int(1, 49),
    session_duration_ms: random.int(1000, 59_999),
  }),
  SESSION_DATA: ({ random }: PayloadContext): JsonDraft => ({
    session_id: random.uuid(),
    status: random.pick(SESSION_STATES),
    event_count: random.int(1, 99),
  }),
  METRICS: ({ random }: PayloadContext): JsonDraft => ({
    cpu_usage: decimal(random, 0, 100, 2),
    memory_usage: decimal(random, 0, 100, 2),
    network_latency: random.int(10, 499),
  }),
  HEARTBEAT: ({ uptimeMs }: PayloadContext): JsonDraft => ({ status: 'alive', uptime_ms: Math.floor(uptimeMs) }),
  CUSTOM: (): JsonDraft => ({}),
} as const

/** The name of a payload type (a set of fields that burn can generate), such as `VOICE_DATA`. */
export type PayloadType = keyof typeof generators

/** The key that holds each payload type's fields in a payload whose types are nested (`nest`), such as `voice_data` for the type `VOICE_DATA`. */
export const NEST_NAMES: Readonly<Record<PayloadType, string>> = {
  VOICE_DATA: 'voice_data',
  BEHAVIORAL_DATA: 'behavioral_data',
  SESSION_DATA: 'session_data',
  METRICS: 'metrics',
  HEARTBEAT: 'heartbeat',
  CUSTOM: 'custom_data',
}
