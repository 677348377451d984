/** The comparison of two runs: `comparison.json`, and `baseline` of a result. */
import * as z from 'zod'
import { flag, number, numberOrNull, text } from './fields.ts'
import { pairSummarySchema } from './quality.ts'

const changeVerdictSchema = z.enum(['WORSE', 'BETTER', 'SAME', 'SMALL', 'UNCLEAR'])

const comparedSideSchema = z.object({
  name: text('What the user called it: a target, a file or a folder'),
  runId: text('Id of the run, of the first one of a set'),
  attempts: number('Attempts that were compared'),
  injected: number('Attempts besides that injected faults made fail; left out when there are none').exactOptional(),
  verdict: text('How its own run ended'),
  startTime: number('When that run began, in ms since 1970').exactOptional(),
  durationMs: number('How long that run took, in ms').exactOptional(),
})

const comparedValueSchema = z
  .object({
    metric: text('As a threshold names it, such as `ttft p95` or `errors`'),
    unit: z.enum(['ms', 'ratio', 'per_second']).describe('Unit of a and b: ms, a share from 0 to 1, or a number per second'),
    gate: flag('Whether it decides about the whole comparison'),
    a: numberOrNull('Value of A; null when it is not known'),
    b: numberOrNull('Value of B; null when it is not known'),
    change: numberOrNull('B ÷ A − 1 for latencies and rates, B − A for shares; null when it is not known'),
    low: numberOrNull('Lower bound of the change; null when it is not known'),
    high: numberOrNull('Upper bound of the change; null when it is not known'),
    tolerance: number('The smallest change that matters'),
    delta: numberOrNull(
      "Cliff's delta of the samples, −1 to 1: how much more often one of B is larger than one of A; null for shares and rates",
    ),
    verdict: changeVerdictSchema.describe('What is known of the change; UNCLEAR: the data allow both'),
    timesMore: numberOrNull('Of an unclear change: how many times the data it would need; null when that is not known'),
    note: text('What a reader must know of this line; left out when there is nothing').exactOptional(),
  })
  .meta({ id: 'comparedValue', description: 'One metric on both sides, and the change from A to B' })

/** The schema of `comparison.json`: a comparison of two runs, or of two sets of runs. */
export const comparisonSchema = z
  .object({
    mode: z
      .enum(['interleaved', 'abba', 'sequential', 'stored', 'repeated'])
      .describe('How the two sides were run: together, in turns, one after the other, as two stored results or sets of them'),
    verdict: changeVerdictSchema.describe('The worst verdict of the metrics that decide'),
    reason: text('The verdict in a sentence'),
    a: comparedSideSchema.describe('The base'),
    b: comparedSideSchema.describe('What is compared with it'),
    values: z.array(comparedValueSchema).describe('Every metric that both sides have'),
    units: number('Blocks of each side; runs of each side for sets of results'),
    alpha: number('One less the confidence of the bounds of all deciding metrics together'),
    runNoise: number('The spread between runs of one system that is assumed, in logarithms; 0 when none is'),
    seed: text('Seed of what was drawn at random'),
    judge: pairSummarySchema
      .exactOptional()
      .describe('Which side a model finds better, pair by pair (`judge` of the scenario); left out when none was asked'),
    warnings: z.array(z.string()).describe('Why the two may differ in more than what is compared'),
  })
  .meta({ id: 'comparison', description: 'Whether B is worse or better than A' })
