/** The only description of a scenario file: types, validation, JSON Schema and the reference tables come from it. */
import * as z from 'zod'
import { duration, identifier, templated, whole } from '../fields.ts'
import type { LoadShape } from '../load/executor.ts'
import { shapes } from '../load/index.ts'
import { thresholdSchema } from '../metrics/threshold.ts'
import { stepsSchema } from './steps-schema.ts'
import { targetSchema } from './target-schema.ts'

const phaseKeys = {
  name: identifier().optional().describe('Name of the phase in tables and thresholds ({phase=…})'),
  warmup: z.boolean().default(false).describe('Measured and shown, but kept out of totals and thresholds'),
}

/** A phase as it comes out of the schema: which shape it is, and that shape's fields. */
export interface Phase {
  readonly name: string | undefined
  readonly warmup: boolean
  readonly shape: string
  readonly fields: Readonly<Record<string, unknown>>
}

function toPhase(shape: string) {
  // `extend` on an object of unknown keys forgets the types of the two that it added.
  return ({ name, warmup, ...fields }: Record<string, unknown>): Phase => ({
    name: name as Phase['name'],
    warmup: warmup as boolean,
    shape,
    fields,
  })
}

const phaseForm = (shape: LoadShape): z.ZodType<Phase> =>
  shape.fields.extend(phaseKeys).transform(toPhase(shape.name)).describe(shape.describe)

// Each shape types its own build: seen from here all that matters is that its fields are an object.
const phaseForms = (shapes as readonly unknown[] as readonly LoadShape[]).map(phaseForm)

export const phaseSchema = z.union(phaseForms)

const memory = z.union([
  z.enum(['full', 'none']),
  z.strictObject({ last: whole(1, 10_000).describe('Turns to keep, a question and its answer counted as two') }),
])

export const conversationSchema = z
  .strictObject({
    system: templated().optional().describe('System prompt'),
    memory: memory.default('full').describe('Which earlier turns go on the wire again: full, none, or { last: n }'),
    window: z
      .strictObject({
        maxTokens: whole(1, 100_000_000)
          .optional()
          .describe('Drop the oldest turns above this many tokens (estimated: characters ÷ 4)'),
        maxMessages: whole(1, 1_000_000).optional().describe('Drop the oldest turns above this many'),
      })
      .optional()
      .describe('Bound on what is sent; trims are counted'),
  })
  .describe('What a user remembers')

export const scenarioSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Address of burn.schema.json, for editors'),
    name: identifier().describe('Name of the scenario; also names the results directory'),
    description: z.string().optional().describe('What this is for'),
    target: targetSchema,
    vars: z.record(z.string(), z.json()).optional().describe('Variables for templates; strings may hold templates'),
    load: z
      .array(phaseSchema)
      .min(1)
      .max(1000)
      .optional()
      .describe('Phases, one after the other without draining between. Left out: one user, one iteration'),
    graceful: duration().optional().describe('How long attempts in flight may go on after the last phase. Default 30s'),
    conversation: conversationSchema.optional(),
    steps: stepsSchema,
    thresholds: z.array(thresholdSchema).max(1000).optional().describe('What must hold for the whole run; sets the exit code'),
    seed: z.union([z.string(), z.int()]).optional().describe('Seed of everything random. Left out: drawn, printed and stored'),
  })
  .describe('A burn scenario')

export type Scenario = z.output<typeof scenarioSchema>
