/** The only description of a scenario file: types, validation, JSON Schema and the reference tables come from it. */
import * as z from 'zod'
import { dataSchema } from '../../data/index.ts'
import { duration, identifier, lateObject, templated, whole } from '../../fields.ts'
import type { LoadShape } from '../../load/executor.ts'
import { shapes } from '../../load/index.ts'
import { bandsSchema } from '../../metrics/bands.ts'
import { qualitySchema } from '../../metrics/quality/schema.ts'
import { alertSchema, jointlyCertain, thresholdSchema } from '../../metrics/threshold/threshold.ts'
import { lengthSchema } from '../../payloads/lengths.ts'
import {
  budgetSchema,
  exportSchema,
  faultsSchema,
  healthChecksSchema,
  monitorSchema,
  observeSchema,
  stopWhenSchema,
  webhooksSchema,
} from './blocks/index.ts'
import { onErrorSchema } from './errors.ts'
import { judgeBlock, judgeSchema } from './judge.ts'
import { captureSource, stepsSchema } from './steps.ts'
import { tagsSchema } from './tags.ts'
import { targetSchema } from './target.ts'

/** One phase of `load`, after validation: its load shape, such as `users` or `rate`, and that shape's settings. */
export interface Phase {
  readonly name: string | undefined
  readonly warmup: boolean
  readonly shape: string
  readonly fields: Readonly<Record<string, unknown>>
}

function toPhase(shape: string) {
  // The types of load shapes lack the two keys that every phase has.
  return ({ name, warmup, ...fields }: Record<string, unknown>): Phase => ({
    name: name as Phase['name'],
    warmup: warmup as boolean,
    shape,
    fields,
  })
}

const phaseForm = (shape: LoadShape): z.ZodType<Phase> => shape.fields.transform(toPhase(shape.name)).describe(shape.describe)

// Each shape has a type of its own for `build`; here it only matters that its fields are an object.
const phaseForms = (shapes as readonly unknown[] as readonly LoadShape[]).map(phaseForm)

const phaseSchema = z.union(phaseForms)

const memory = z.union([
  z.enum(['full', 'none']),
  lateObject(() => ({ last: whole(1, 10_000).describe('Turns to keep, a question and its answer counted as two') })),
])

const conversationId = lateObject(() => ({
  from: captureSource.describe('Where in the first reply the id is found'),
  sendAs: z
    .string()
    .regex(/^(header|query):\S+$/, 'expected header:Name or query:name')
    .optional()
    .describe('How later requests send the id; templates can also read it as `{{conversation.id}}`'),
})).describe('Id that the target gives a conversation')

const conversationSchema = lateObject(() => ({
  system: templated().optional().describe('System prompt'),
  memory: memory.default('full').describe('Which earlier turns are sent again with each message: full, none, or { last: n }'),
  window: z
    .strictObject({
      maxTokens: whole(1, 100_000_000)
        .optional()
        .describe('Drop the oldest turns above this many tokens (estimated: characters ÷ 4)'),
      maxMessages: whole(1, 1_000_000).optional().describe('Drop the oldest turns above this many'),
    })
    .optional()
    .describe('Limit on the history that is sent; the result counts what is left out'),
  id: conversationId.optional(),
  cookies: z.boolean().default(false).describe('Keep the cookies that the target sets, and send them back'),
  reset: z.enum(['iteration', 'never']).default('iteration').describe('When a user forgets turns, id and cookies'),
})).describe('What a user remembers')

/** Requests for a longer or shorter answer, added to each message. */
const verbositySchema = z
  .union([
    z.enum(['minimal', 'normal', 'verbose', 'extreme']),
    lateObject(() => ({ suffix: templated().describe('A text that is added to each message') })),
  ])
  .describe('Asks for longer or shorter answers by a sentence at the end of each message')

const flowSchema = lateObject(() => ({
  name: identifier().describe('Name of the flow; a tag for thresholds ({flow=…})'),
  weight: z.number().positive().max(1e6).default(1).describe('Share of the iterations that take this flow'),
  target: identifier().optional().describe('Which of `targets` its steps go to'),
  tags: tagsSchema.optional(),
  steps: stepsSchema,
})).describe('A sequence of steps, taken by a share of the iterations')

const groupSchema = lateObject(() => ({
  weight: z.number().positive().max(1e6).default(1).describe('Share of the users that belong to it'),
  headers: z.record(z.string(), templated()).optional().describe('Headers of its users, in addition to those of the target'),
  vars: z.record(z.string(), z.json()).optional().describe('Variables of its users, which override those of the scenario'),
  promptTokens: lengthSchema.optional().describe('Length of the prompts of its users, in place of `prompt.tokens` of the steps'),
  maxTokens: lengthSchema
    .optional()
    .describe('Longest reply that its users ask for, in place of `maxTokens` of the target: a number, or a distribution'),
  tags: tagsSchema.optional(),
})).describe('A kind of user, such as a tier; a tag for thresholds ({group=…})')

/**
 * The largest number of profiles in one scenario, and the largest number of environments. Validation without a choice checks the scenario once with
 * each of them, which takes time.
 */
export const MAX_OVERLAYS = 30

const overlays = () =>
  z
    .record(identifier(), z.record(z.string(), z.json()))
    .refine((named) => Object.keys(named).length <= MAX_OVERLAYS, `at most ${MAX_OVERLAYS} of them`)
    .optional()

const fields = () => ({
  $schema: z.string().optional().describe('Address of burn.schema.json, for editors'),
  name: identifier().describe('Name of the scenario; also names the results directory'),
  description: z.string().optional().describe('What the scenario is for'),
  target: targetSchema.optional(),
  targets: z
    .record(identifier(), targetSchema)
    .optional()
    .describe('Several targets by name. When no step or flow names one, the scenario runs against each of them'),
  data: dataSchema.optional(),
  vars: z
    .record(z.string(), z.json())
    .optional()
    .describe('Variables for templates; strings may hold templates, and read the other variables'),
  groups: z.record(identifier(), groupSchema).optional().describe('Kinds of users, which the result shows separately'),
  load: z
    .array(phaseSchema)
    .min(1)
    .max(1000)
    .optional()
    .describe('Phases, one after the other without draining between. Left out: one user, one iteration'),
  graceful: duration().optional().describe('How long attempts in flight may go on after the last phase. Default 30s'),
  iterationTimeout: duration()
    .refine((ms) => ms > 0, 'must be longer than zero')
    .optional()
    .describe(
      'Longest time of one iteration, think times and retries included; then the attempt in flight fails as timeout_iteration, and so does the iteration',
    ),
  conversation: conversationSchema.optional(),
  verbosity: verbositySchema.optional(),
  steps: stepsSchema.optional(),
  flows: z.array(flowSchema).min(1).max(100).optional().describe('Several sequences of steps, in place of `steps`'),
  setup: stepsSchema.optional().describe('Steps that run once, before the load; every user has the variables that they capture'),
  teardown: stepsSchema.optional().describe('Steps that run once, after the load, whatever happened'),
  onError: onErrorSchema.optional(),
  budget: budgetSchema.optional(),
  stopWhen: stopWhenSchema.optional(),
  faults: faultsSchema.optional(),
  quality: qualitySchema.optional(),
  judge: judgeSchema.optional(),
  bands: bandsSchema.optional(),
  thresholds: z
    .array(thresholdSchema)
    .max(1000)
    .transform(jointlyCertain)
    .optional()
    .describe('Conditions that the whole run must meet; they decide the exit code'),
  alerts: z
    .array(alertSchema)
    .max(100)
    .optional()
    .describe(
      'Conditions that are evaluated every second: shown, stored and written to --events while they hold. They do not affect the exit code, as thresholds do',
    ),
  observe: observeSchema.optional(),
  plugins: z
    .array(z.string())
    .max(20)
    .optional()
    .describe(
      'Plugins whose hooks every run calls: modules in the folder of the scenario. They are code, which runs only with --allow-plugins',
    ),
  monitor: monitorSchema.optional(),
  health: healthChecksSchema.optional(),
  requireHealthy: z
    .boolean()
    .optional()
    .describe('Start the load only when every check of `health` succeeds before it. Default false'),
  webhooks: webhooksSchema.optional(),
  export: exportSchema.optional(),
  tags: z.record(z.string(), z.string()).optional().describe('Labels of the run, kept in the result'),
  seed: z.union([z.string(), z.int()]).optional().describe('Seed of everything random. Left out: drawn, printed and stored'),
  include: z
    .array(z.string())
    .max(20)
    .optional()
    .describe('Files whose keys are the basis of this one, which overrides them; they must be in its folder'),
  profiles: overlays().describe('Changes to the scenario by name, chosen by --profile: maps merge, lists and values replace'),
  environments: overlays().describe('Changes to the scenario by name, chosen by --environment; a profile overrides them'),
})

/** The schema of a whole scenario file. */
export const scenarioSchema = lateObject(fields)
  .refine((s) => (s.target === undefined) !== (s.targets === undefined), {
    message: 'a scenario needs either target or targets',
    path: ['target'],
  })
  .refine((s) => (s.steps === undefined) !== (s.flows === undefined), {
    message: 'a scenario needs either steps or flows',
    path: ['steps'],
  })
  .refine((s) => s.requireHealthy !== true || (s.health !== undefined && s.health.length > 0), {
    message: 'there is nothing to ask: name an address in `health`',
    path: ['requireHealthy'],
  })
  .refine((s) => s.judge?.maxCost === undefined || !judgeBlock(s) || judgeBlock(s)?.pricing?.inputPer1M !== undefined, {
    message:
      'maxCost needs prices: write pricing: { inputPer1M: …, outputPer1M: … } under the target of the judge, or run with --prices',
    path: ['judge', 'maxCost'],
  })
  .describe('A burn scenario')

/** A scenario after validation, with the defaults of the schema filled in. */
export type Scenario = z.output<typeof scenarioSchema>
