/** The schema of a suite file: several runs, each of a scenario with some changes. */
import * as z from 'zod'
import { UsageError } from '../../../errors.ts'
import { duration, identifier, whole } from '../../../fields.ts'
import { parseThreshold } from '../../../metrics/threshold/threshold.ts'
import { RANKING_NAMES } from '../../../result/rankings.ts'
import { SLO_NAMES } from '../../../scenario/layers/slo.ts'
import { type JsonSchema, shareParts } from '../../../scenario/schema/json-schema-parts.ts'
import { parseDuration, parseRate } from '../../../text/units.ts'
import { setOverrides } from '../../load/overrides.ts'
import { withUnit } from '../../load/run-flags.ts'

const SCHEMA_ID = 'urn:burn:schema:suite:1'
/** The largest number of targets, scenarios or other values in one list of a matrix. */
const MAX_VALUES = 50
/** The largest number of tests in a suite's list. */
const MAX_TESTS = 500

const name = () => z.string().min(1).max(100)
const scalar = () => z.union([z.string(), z.number(), z.boolean()])
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(MAX_VALUES)

const path = () =>
  name().regex(
    /^(?!\/|[A-Za-z]:|.*(?:^|\/)\.\.(?:\/|$))(?!.*:\/\/).+\.(?:ya?ml|json)$/,
    'expected a scenario file (.yaml or .json) in the folder of the suite or below it',
  )

/** Returns the schema of a number, or of a text with a unit, that `read` can parse; `expected` is the message for other values. */
const measured = (expected: string, read: (text: string) => unknown) =>
  z.union([z.string(), z.number()]).refine((value) => read(String(value)) !== undefined, expected)

const thresholdText = () =>
  z.string().superRefine((text, context) => {
    const parsed = parseThreshold(text)
    if (!parsed.ok)
      context.addIssue({ code: 'custom', message: parsed.hint ? `${parsed.message}; ${parsed.hint}` : parsed.message })
  })

const variable = () => z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable, such as MODEL')

/** Returns the schema of the path of a scenario key, such as `target.stream`. */
const keyPath = () =>
  z.string().superRefine((text, context) => {
    try {
      setOverrides([`${text}=0`])
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      context.addIssue({ code: 'custom', message: `${error.message}; expected a path such as target.timeouts.total` })
    }
  })

/**
 * Returns the schemas of everything that a test can change in its scenario. Each key has the same effect as a flag of `burn run`; a flag on the
 * command line wins.
 */
const changes = () => ({
  profile: name().optional().describe('Profile to apply'),
  environment: name().optional().describe('Environment to apply'),
  target: z
    .union([name(), list(name())])
    .optional()
    .describe('Targets to run of a scenario with several; each becomes a test of its own. All of them when left out'),
  model: name().optional().describe('Model of the target (target.model)'),
  vars: z
    .record(variable(), scalar())
    .optional()
    .describe('Values for ${env.NAME} of the scenario; they win over the environment'),
  set: z
    .record(keyPath(), z.unknown())
    .optional()
    .describe('Values for any keys of the scenario, by their paths, such as target.stream: false'),
  users: whole(1, 1_000_000).optional().describe('Users, in place of the load of the scenario'),
  rate: measured('expected a rate such as 20, 1k or 90/m', (text) => parseRate(withUnit('rate', text, '/s')))
    .optional()
    .describe('Iterations per second, in place of the load of the scenario'),
  duration: measured('expected a duration such as 30s or 5m', (text) => parseDuration(withUnit('duration', text, 's')))
    .optional()
    .describe('How long the load lasts'),
  iterations: whole(1, 1_000_000_000).optional().describe('Total number of iterations, in place of a duration'),
  seed: z
    .union([z.string().min(1), z.int()])
    .optional()
    .describe('Seed of the test; when left out, all tests share one'),
  thresholds: z.array(thresholdText()).optional().describe('Thresholds that are added to those of the scenario'),
  slo: z.enum(SLO_NAMES).optional().describe('Ready-made service level whose thresholds are added'),
  maxErrorRate: z.union([z.string(), z.number()]).optional().describe('Largest share of errors, such as 5% or 0.05'),
  allowLag: measured('expected a duration such as 50ms', (text) => parseDuration(withUnit('allowLag', text, 'ms')))
    .optional()
    .describe("How much of the generator's own lateness is accepted"),
  maxCost: z.union([z.string(), z.number()]).optional().describe('Amount of money at which the run is ended, as failed'),
  faults: z.literal(false).optional().describe('false turns the faults of the scenario off'),
})

const testSchema = z.strictObject({
  scenario: path().describe('Scenario file, in the folder of the suite or below it'),
  name: identifier().optional().describe('Name of the test; when left out, it is made from the file and the settings'),
  ...changes(),
})

const matrixSchema = z
  .strictObject({
    scenario: list(path()).describe('Scenario files'),
    target: list(name()).optional().describe('Targets of the scenarios, by name'),
    profile: list(name()).optional().describe('Profiles'),
    environment: list(name()).optional().describe('Environments'),
    model: list(name()).optional().describe('Models'),
    vars: z.record(variable(), list(scalar())).optional().describe('Values for ${env.NAME}'),
    set: z
      .record(keyPath(), list(z.unknown()))
      .optional()
      .describe('Values for keys of the scenario, such as target.stream: [true, false]'),
  })
  .describe('Makes a test for each combination of these values')

/** The schema of a suite file, which describes several tests that have one verdict together. */
export const suiteSchema = z
  .strictObject({
    suite: identifier().describe('Name of the suite; this key makes the file a suite'),
    description: z.string().optional().describe('Purpose of the suite'),
    gap: duration().optional().describe('Pause between two tests, such as 5s'),
    parallel: whole(1, MAX_VALUES).optional().describe('How many tests run side by side; 1 without it'),
    failOn: z
      .enum(['any', 'all'])
      .optional()
      .describe('any (default): one test that does not pass fails the suite; all: only when none passes'),
    rankBy: z
      .enum(RANKING_NAMES)
      .optional()
      .describe('Metric by which the tests that passed are ranked (default: response_time p95)'),
    defaults: z.strictObject(changes()).optional().describe('Changes of every test; changes of a test itself win over these'),
    tests: z.array(testSchema).min(1).max(MAX_TESTS).optional().describe('The tests, in their order'),
    matrix: matrixSchema.optional(),
  })
  .superRefine(({ tests, matrix, gap, parallel }, context) => {
    if (tests === undefined && matrix === undefined)
      context.addIssue({ code: 'custom', message: 'there is nothing to run: a suite has tests:, matrix:, or both' })
    if (gap !== undefined && gap > 0 && parallel !== undefined && parallel > 1)
      context.addIssue({
        code: 'custom',
        path: ['gap'],
        message: 'tests that run side by side have no pause between them: leave out gap or parallel',
      })
  })
  .describe(
    'Several runs with one verdict: scenarios one after the other or side by side, or every combination of them with targets, profiles and values',
  )

/** The content of a valid suite file, which describes several tests that have one verdict together. */
export type Suite = z.output<typeof suiteSchema>
/** The changes that one test of a suite makes to its scenario, such as another target or model. */
export type TestChanges = Omit<z.output<typeof testSchema>, 'scenario' | 'name'>

/** Returns the JSON Schema (draft 2020-12) of a suite file, with which editors check such files. */
export function suiteJsonSchema(): JsonSchema {
  const { $schema, description, ...rest } = shareParts(z.toJSONSchema(suiteSchema, { io: 'input', target: 'draft-2020-12' }))
  return { $schema, $id: SCHEMA_ID, title: 'burn suite', description, ...rest }
}
