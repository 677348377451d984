/** The result of a search for the highest load that meets the thresholds: `search.json`, beside the folders of its runs. */
import * as z from 'zod'
import { flag, number, numberOrNull, text } from './schema/fields.ts'
import { type Frozen, resultSchema } from './schema.ts'

/** The format version of `search.json`, the result of a capacity search (`burn search`). */
export const SEARCH_VERSION = '1.0'

const tierOfPointSchema = z.object({
  tier: text('Name of the set of thresholds'),
  holds: flag('All its thresholds passed'),
  used: number('How much of what its thresholds allow is used, by the one nearest to its limit: 1 at the limit; at most 20'),
  nearest: z.string().nullable().describe('The threshold that is nearest to its limit; null without any'),
})

const pointSchema = z
  .object({
    number: number('Place in the search, from 1'),
    load: number('Users, or iterations started per second'),
    isLong: flag('Long enough to confirm the load'),
    counts: flag('False for a point with too few samples, which says nothing'),
    warmupS: number('Warm-up, in s'),
    seconds: number('Measured time, in s'),
    folder: text('Folder of its run, in that of the search'),
    runId: text('Id of its run'),
    startTime: number('When it began, in ms since 1970'),
    durationMs: number('How long it took with warm-up and drain, in ms'),
    exitCode: resultSchema.shape.exitCode,
    verdict: resultSchema.shape.verdict,
    reason: text('The verdict of its run in a sentence'),
    attempts: number('Attempts that were started in the measured time'),
    okPerSecond: number('Ok attempts per second of the measured time, those that were begun in the warm-up included'),
    meanInFlight: number('Attempts in flight, the mean over the measured time'),
    p50Ms: numberOrNull('p50 of response_time in ms; null without samples'),
    p95Ms: numberOrNull('p95 of response_time in ms; null without samples'),
    errorRate: numberOrNull('Share of errors, 0 to 1; null when there was nothing to count'),
    cost: numberOrNull('What it cost; null when that is not known'),
    neededSeconds: number('Measured time that would give its thresholds the samples that they need, in s'),
    tiers: z.array(tierOfPointSchema).describe('Outcome for each set of thresholds'),
  })
  .meta({ id: 'searchPoint', description: 'One measured load' })

const tierSchema = z
  .object({
    name: text('Name of the set of thresholds'),
    thresholds: z.array(z.string()).describe('The thresholds, all of which have to pass'),
    ended: z
      .enum(['settled', 'wide', 'max', 'below'])
      .nullable()
      .describe(
        'settled: as exact as was asked for; wide: confirmed, with a wider interval; max: even the highest load holds; below: none holds; null: the search ended before',
      ),
    confirmed: numberOrNull(
      'Highest load that held in a long measurement, and does not lie above the estimate; null without one',
    ),
    estimate: z
      .object({
        load: number('Load at which the thresholds are just held'),
        low: number('Lower end of its interval of 95 %'),
        high: numberOrNull('Upper end; null when nothing bounds it'),
      })
      .nullable()
      .describe('From all points at once; null while the loads do not enclose it'),
    failed: numberOrNull('Lowest load that did not hold; null when all did'),
    nearest: z.string().nullable().describe('The threshold that failed first; null when none failed'),
  })
  .meta({ id: 'searchTier', description: 'What a search found for one set of thresholds' })

/** The schema of `search.json`, the result of a capacity search (`burn search`). */
export const searchResultSchema = z.object({
  searchVersion: text('Version of this format'),
  searchId: text('Id of the search'),
  search: text('Name of the scenario'),
  file: z.string().nullable().describe('File of the scenario; null for one from flags'),
  scenarioHash: text('Hash of the scenario with its load left out: a search goes on only with the same one'),
  status: z.enum(['running', 'completed', 'stopped']).describe('running: it goes on, or was killed; stopped: before its end'),
  verdict: z
    .enum(['found', 'holds', 'does_not_hold', 'unconfirmed', 'invalid', 'could_not_test', 'incomplete'])
    .describe(
      'found: a load is confirmed for each set; holds, does_not_hold: the answer for one load; unconfirmed: ended before; invalid: burn was the limit',
    ),
  reason: text('The verdict in a sentence'),
  exitCode: resultSchema.shape.exitCode,
  for: z.enum(['users', 'rate']).describe('What was searched: users, or iterations started per second'),
  holds: numberOrNull('The one load that was asked about; null for a search'),
  from: number('Load to begin with'),
  max: number('Highest load to try'),
  precision: number('Half the width of the interval that is exact enough, 0 to 1'),
  seed: text('Seed, from which each point has one of its own'),
  startTime: number('When it began, in ms since 1970'),
  durationMs: number('Time that all points took together, in ms'),
  cost: numberOrNull('What all points cost together; null when that is not known'),
  tiers: z.array(tierSchema).describe('What was found for each set of thresholds'),
  knee: numberOrNull('Load with the largest throughput ÷ median response time; null when it is not within the curve'),
  points: z.array(pointSchema).describe('All measured loads, in their order'),
})

/** The result of a capacity search (`burn search`), as in `search.json`. */
export type SearchResult = Frozen<z.infer<typeof searchResultSchema>>
/**
 * One load that a capacity search (`burn search`) has measured, with the latencies and error rate of its run and whether it meets each set of
 * thresholds.
 */
export type MeasuredPoint = SearchResult['points'][number]
/** The outcome of a capacity search (`burn search`) for one set of thresholds: the highest load that was confirmed, and the estimated limit. */
export type SearchTier = SearchResult['tiers'][number]

/** Returns the JSON Schema (draft 2020-12) of `search.json`. Later versions of burn may add keys. */
export function searchJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(searchResultSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'burn search', description: 'What a search found: search.json', ...schema }
}
