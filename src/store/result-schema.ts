/** JSON Schema of `result.json`, made from the shape that its readers check. */
import { RESULT_VERSION } from '../result/version.ts'
import { RESULT } from './result-shape.ts'
import type { Shape } from './shape.ts'

type JsonSchema = { readonly [key: string]: unknown }

/** What the keys at the top mean; times are ms, epoch times ms since 1970. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  schemaVersion: `Format of this file, now ${RESULT_VERSION}; a first number that grows means that old readers would misread it`,
  runId: 'Id of the run',
  status: '`running` in a checkpoint: found later, such a file is an incomplete run',
  verdict: 'What the run came to',
  reason: 'Why, in one line',
  exitCode: 'The code that the command left with',
  exitCodes: 'Every code that applied',
  scenarioName: 'Name of the scenario',
  scenarioFile: 'Its file as it was named; null when the run came from flags',
  scenarioHash: 'sha256 of the resolved scenario, secrets left out',
  seed: 'Seed of everything random',
  shard: 'Which part of a larger run this is; null for a whole one',
  environment: 'Where the load came from',
  target: 'Where it went',
  startTime: 'Epoch ms',
  endTime: 'Epoch ms',
  durationMs: 'From the first phase to the end of the drain',
  windowMs: 'Declared length of the measured phases; rates are over it',
  totalMessages: 'Attempts that were planned: ok + failed + cut + dropped',
  successfulMessages: 'Attempts that were ok',
  failedMessages: 'Attempts that failed',
  averageLatencyMs: 'Mean response_time; null without an ok attempt',
  p95LatencyMs: '95th percentile of response_time',
  p99LatencyMs: '99th percentile of response_time',
  throughputQps: 'Ok attempts per second',
  errorRate: 'failed ÷ attempts that ended or were dropped, 0 to 1; null when there were none',
  anomaliesDetected: 'Attempts that stand out: failed, slow or repeated; the sum of anomalies',
  anomalies:
    'The same by why: failed; slower than 1 s and twice the mean of service_time; replies that begin as the one before did',
  errorTypes: 'Number of different failure classes',
  labels: 'Tags of the scenario',
  warnings: 'Oddities that were no failures, and in how many replies',
  connectionMetrics: 'Connections and bytes',
  errors: 'Failures that are alike, the most frequent first',
  validity: 'Whether the generator was able to measure this',
  thresholds: 'What was judged',
  iterations: 'Iterations by how they ended, warm-ups included',
  retries: 'What retries came to, by steps as users took them; left out when nothing was tried again',
  conversationWindow: 'What conversation.window left out of the requests; left out when that was nothing',
  total: 'All measured phases together',
  warmup: 'The warm-up phases, kept out of all else; null without any',
  steps: 'One slice per step',
  phases: 'One slice per phase',
  tags: 'One slice per tag, such as flow=buy',
  timeline: 'One row per second, or more on long runs',
  generator: 'What the generator saw of itself',
  files: 'Files of this run',
  notes: 'What else a reader should know',
}

function plain(shape: string): JsonSchema {
  const type = shape.replace('?', '')
  return { type: shape.endsWith('?') ? [type, 'null'] : type }
}

// Array.isArray does not narrow readonly lists.
const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

function schemaOf(shape: Shape): JsonSchema {
  if (typeof shape === 'string') return plain(shape)
  if (isList(shape)) return { type: 'array', items: schemaOf(shape[0]) }
  if ('oneOf' in shape) return { enum: shape.oneOf }
  if ('optional' in shape) return schemaOf(shape.optional)
  if ('nullable' in shape) return { anyOf: [schemaOf(shape.nullable), { type: 'null' }] }
  if ('map' in shape) return { type: 'object', additionalProperties: schemaOf(shape.map) }
  return objectSchema(shape.object)
}

function objectSchema(fields: Readonly<Record<string, Shape>>): JsonSchema {
  const optional = (shape: Shape) => typeof shape === 'object' && 'optional' in shape
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([key, shape]) => [key, schemaOf(shape)])),
    required: Object.keys(fields).filter((key) => !optional(fields[key] ?? 'string')),
  }
}

/** JSON Schema (draft 2020-12) of a result; later versions may add keys. */
export function resultJsonSchema(): JsonSchema {
  const properties = Object.entries(RESULT.object).map(([key, shape]) => {
    const description = DESCRIPTIONS[key]
    return [key, { ...(description === undefined ? {} : { description }), ...schemaOf(shape) }]
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'burn result',
    description: 'What a run measured: result.json',
    ...objectSchema(RESULT.object),
    properties: Object.fromEntries(properties),
  }
}
