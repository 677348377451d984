import * as z from 'zod'
import { lateObject } from '../fields.ts'
import { generators, type PayloadType } from './types.ts'

const typeName = z.enum(Object.keys(generators) as [PayloadType, ...PayloadType[]])

const listed = z.union([
  typeName,
  lateObject(() => ({
    type: typeName.describe('Kind of data'),
    weight: z.number().positive().default(1).describe('How often, against the weights of the others (mode weighted)'),
  })),
])

/** The schema of the `payload:` block of a step, which describes the JSON data that burn generates and sends. */
export const payloadSchema = lateObject(() => ({
  types: z.array(listed).min(1).max(50).describe('Kinds of data to send'),
  mode: z
    .enum(['merge', 'rotate', 'weighted'])
    .default('merge')
    .describe('merge: all of them in one message; rotate: one after the other; weighted: one at random'),
  envelope: z
    .enum(['raw', 'sync_data', 'graphql'])
    .default('raw')
    .describe('What is put around the data: nothing, a sync_data frame, or a GraphQL mutation with variables.input'),
  case: z.enum(['snake', 'camel']).optional().describe('Spelling of the field names; left out: camel for graphql, else snake'),
  nest: z
    .boolean()
    .optional()
    .describe('Fields of each kind under its name, such as data.voice_data; left out: yes inside of an envelope, no without'),
  custom: z
    .record(z.string(), z.json())
    .optional()
    .describe('Fields of CUSTOM data, names as they are; strings may hold templates'),
  payloadFile: z
    .string()
    .min(1)
    .optional()
    .describe("JSON file with the fields of CUSTOM data, in the scenario's folder; strings in it may hold templates"),
  connectionType: z.string().default('websocket').describe('connection_type of a sync_data frame'),
  service: z.string().default('burn').describe('serviceName of a GraphQL message'),
  query: z
    .string()
    .default('mutation Sync($input: SyncInput!) { sync(input: $input) { status } }')
    .describe('Text of the GraphQL mutation'),
}))
  .refine((p) => p.custom !== undefined || p.payloadFile !== undefined || !hasCustom(p.types), {
    path: ['custom'],
    message: 'type CUSTOM needs its fields in custom, or in a payloadFile',
  })
  .refine((p) => p.custom === undefined || p.payloadFile === undefined, {
    path: ['payloadFile'],
    message: 'the fields stand in custom already: one of the two',
  })
  .refine((p) => p.payloadFile === undefined || hasCustom(p.types), {
    path: ['payloadFile'],
    message: 'is for type CUSTOM, which is not among the types',
  })
  .refine(
    (p) =>
      p.mode !== 'merge' ||
      (p.nest ?? p.envelope !== 'raw') ||
      !['SESSION_DATA', 'HEARTBEAT'].every((kind) => has(p.types, kind)),
    {
      path: ['types'],
      message: 'SESSION_DATA and HEARTBEAT both have a field status, and one would hide the other: set nest: true',
    },
  )
  .describe('Generated data; the same seed gives the same data')

/** The `payload:` block of a step, which describes the JSON data that burn generates; after validation, with defaults filled in. */
export type PayloadSpec = z.output<typeof payloadSchema>

function has(types: readonly z.output<typeof listed>[], kind: string): boolean {
  return types.some((one) => nameOf(one) === kind)
}

const hasCustom = (types: readonly z.output<typeof listed>[]) => has(types, 'CUSTOM')

/**
 * Returns the name, such as `VOICE_DATA`, of an item in the list `types` of a `payload:` block. The item is the name itself, or an object with a name
 * and a weight.
 */
export function nameOf(entry: z.output<typeof listed>): PayloadType {
  return typeof entry === 'string' ? entry : entry.type
}
