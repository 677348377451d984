/** The result of a suite: `suite.json`, beside the folders of its runs. */
import * as z from 'zod'
import { RANKING_NAMES, RANKINGS, type RankedBy } from './rankings.ts'
import { number, numberOrNull, text } from './schema/fields.ts'
import { type Distribution, type Frozen, type Result, resultSchema } from './schema.ts'

/** The format version of `suite.json`, the result of a suite of tests. */
export const SUITE_VERSION = '1.0'

const figuresSchema = z
  .object({
    attempts: number('Attempts that were started'),
    failed: number('Attempts that failed'),
    errorRate: numberOrNull('Share of errors, 0 to 1; null when there was nothing to count'),
    okPerSecond: numberOrNull('Ok attempts per second'),
    p50Ms: numberOrNull('p50 of response_time in ms'),
    p95Ms: numberOrNull('p95 of response_time in ms'),
    p99Ms: numberOrNull('p99 of response_time in ms'),
    ttftP95Ms: numberOrNull('p95 of ttft in ms'),
    tokensPerSecond: numberOrNull('Output tokens per second of the measured time'),
    cost: numberOrNull('What the run cost; null when that is not known'),
    costPerThousand: numberOrNull('Mean cost of a thousand iterations; null when it is not known'),
    currency: z.string().nullable().describe('Currency of the cost; null when the prices name none'),
    fewSamples: z.array(z.string()).describe('Keys of the figures above that come of too few samples'),
  })
  .meta({ id: 'suiteFigures', description: 'The figures of one test' })

const suiteTestSchema = z
  .object({
    number: number('Place in the suite, from 1'),
    name: text('Name, of which there is one in the suite'),
    scenario: z.string().nullable().describe('File of the scenario; null for a run from flags'),
    settings: z.record(z.string(), z.string()).describe('What the suite sets for this test, such as profile or target'),
    status: z
      .enum(['pending', 'running', 'completed', 'completed_with_errors', 'stopped', 'not_started', 'could_not_start'])
      .describe(
        'How far it has come. completed_with_errors: some of its attempts failed; stopped: by a signal; not_started: a signal ended the suite before',
      ),
    verdict: resultSchema.shape.verdict.nullable().describe('Verdict of its run; null without one'),
    reason: text('Why, in words'),
    exitCode: resultSchema.shape.exitCode.nullable().describe('Exit code of its run; null while there is none'),
    folder: z.string().nullable().describe('Folder of its run, in that of the suite; null when it has not begun'),
    runId: z.string().nullable().describe('Id of its run; null without a result'),
    startTime: numberOrNull('When it began, in ms since 1970'),
    durationMs: numberOrNull('How long it took, in ms'),
    figures: figuresSchema.nullable().describe('What was measured; null without a result'),
    rank: numberOrNull('Its place among the tests that passed; equal figures share one. Null for all others'),
  })
  .meta({ id: 'suiteTest', description: 'One test of a suite' })

/** The schema of `suite.json`, the result of a suite of tests. */
export const suiteResultSchema = z.object({
  suiteVersion: text('Version of this format'),
  suiteId: text('Id of this run of the suite'),
  suite: text('Name of the suite'),
  file: z.string().nullable().describe('File of the suite; null for one from flags'),
  status: z.enum(['running', 'completed', 'stopped']).describe('running: it goes on, or was killed; stopped: by a signal'),
  verdict: z
    .enum(['passed', 'failed', 'aborted', 'incomplete'])
    .describe('passed by the rule of failOn; incomplete while it goes on, and for one that was killed'),
  reason: text('The verdict in a sentence'),
  exitCode: resultSchema.shape.exitCode.describe('Exit code of burn; in a suite that goes on 4'),
  exitCodes: resultSchema.shape.exitCodes.describe('Exit codes of all tests that did not pass, each once'),
  failOn: z.enum(['any', 'all']).describe('any: one test that did not pass fails the suite; all: only when none passed'),
  parallel: number('How many tests run side by side'),
  gapMs: number('Pause between two tests, in ms'),
  rankBy: z.enum(RANKING_NAMES).describe('By what the tests are ranked'),
  seed: text('Seed of the tests whose scenario names none'),
  startTime: number('When it began, in ms since 1970'),
  durationMs: number('How long it took, in ms'),
  tests: z.array(suiteTestSchema).describe('The tests in their order'),
})

/** The result of a suite (a series of tests, each with a run of its own), as in `suite.json`. */
export type SuiteResult = Frozen<z.infer<typeof suiteResultSchema>>
/** One test of a suite: its settings, how its run ended, and its rank. */
export type SuiteTest = SuiteResult['tests'][number]
/** The main results of one test of a suite, such as its error rate and p95. */
export type SuiteFigures = NonNullable<SuiteTest['figures']>

/** Returns the figures of a result for the table of a suite. */
function figuresOf({ total, errorRate, throughputQps, cost }: Result): SuiteFigures {
  const { response_time: response, ttft } = total.distributions
  const { output } = total.tokens
  const few = (distribution: Distribution | undefined, percentile: string, key: string) =>
    distribution?.fewSamples.includes(percentile) ? [key] : []
  const perThousand = cost?.perThousandSessions ?? null
  return {
    attempts: total.counts.started,
    failed: total.counts.failed,
    errorRate,
    okPerSecond: throughputQps,
    p50Ms: response?.percentiles.p50 ?? null,
    p95Ms: response?.percentiles.p95 ?? null,
    p99Ms: response?.percentiles.p99 ?? null,
    ttftP95Ms: ttft?.percentiles.p95 ?? null,
    tokensPerSecond: output === null || total.windowMs === 0 ? null : (output * 1000) / total.windowMs,
    cost: cost?.total ?? null,
    costPerThousand: perThousand,
    currency: cost?.currency ?? null,
    fewSamples: [
      ...few(response, 'p50', 'p50Ms'),
      ...few(response, 'p95', 'p95Ms'),
      ...few(response, 'p99', 'p99Ms'),
      ...few(ttft, 'p95', 'ttftP95Ms'),
    ],
  }
}

/**
 * Returns the entry of a finished test for `suite.json`. `named` holds the fields that were known before the test's run, such as its name; the others
 * come from `result`, the result of the run. The rank stays null until `withRanks` computes it.
 */
export function finishedTest(named: Pick<SuiteTest, 'number' | 'name' | 'settings' | 'folder'>, result: Result): SuiteTest {
  const { status, verdict, reason, exitCode, runId, startTime, durationMs, total, scenarioFile } = result
  const isClean = status === 'completed' && total.counts.failed === 0
  return {
    ...named,
    scenario: scenarioFile,
    status: status === 'aborted' ? 'stopped' : isClean ? 'completed' : 'completed_with_errors',
    ...{ verdict, reason, exitCode, runId, startTime, durationMs },
    figures: figuresOf(result),
    rank: null,
  }
}

/** The number of significant digits to which values are compared, because histograms are no more exact than that. */
const DIGITS = 3

/**
 * Returns the tests of a suite with their ranks by one metric. Tests that passed are ranked from 1, the best first; values that are equal in three
 * digits get equal ranks. Tests that did not pass or have no value get the rank null. Costs in several currencies cannot be ranked: all get null.
 */
export function withRanks(tests: readonly SuiteTest[], rankBy: RankedBy): SuiteTest[] {
  const { figure, less } = RANKINGS[rankBy]
  const passed = tests.filter(({ verdict }) => verdict === 'passed')
  // Amounts in different currencies have no order.
  const comparable = rankBy !== 'cost' || new Set(passed.map(({ figures }) => figures?.currency)).size < 2
  const comparedBy = ({ verdict, figures }: SuiteTest) => {
    const value = verdict === 'passed' && comparable ? (figures?.[figure] ?? null) : null
    return value === null ? null : Number(value.toPrecision(DIGITS)) * (less ? 1 : -1)
  }
  const values = tests.flatMap((test) => comparedBy(test) ?? [])
  return tests.map((test) => {
    const value = comparedBy(test)
    return { ...test, rank: value === null ? null : 1 + values.filter((other) => other < value).length }
  })
}

/** Returns the JSON Schema (draft 2020-12) of `suite.json`. Later versions of burn may add keys. */
export function suiteResultJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(suiteResultSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'burn suite result', description: 'What became of the tests of a suite: suite.json', ...schema }
}
