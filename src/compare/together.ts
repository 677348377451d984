/** Compares two runs that were made at the same time or in turns, by pairs of blocks (stretches of time). */

import { normalQuantile } from '../statistics/normal.ts'
import { compareSides, type Latencies } from './compare-sides.ts'
import { type ComparedRun, hasWarmup } from './compared-run.ts'
import type { Comparison } from './comparison.ts'
import { type Certainty, type Compared, medianChange, quantileChange, rateChange, shareChange } from './estimates.ts'
import { type CompareChoices, RUN_NOISE } from './gates.ts'
import { comparabilityWarnings } from './guards.ts'
import type { ComparedMetric } from './metrics.ts'
import { type Paired, pairByNumber, pairByTime, settledBlocks } from './side-by-side.ts'

/** The fewest pairs of blocks that allow a verdict. With fewer, not even changes in the same direction in all pairs are certain enough. */
const MIN_PAIRS = 9

/**
 * Compares two runs, A and B, that were made at the same time (mode `interleaved`). Both are cut into blocks, which are stretches of time, and each
 * block of A is compared with the block of B at the same time.
 */
export function compareTogether(a: ComparedRun, b: ComparedRun, choices: CompareChoices): Comparison {
  const of = (side: ComparedRun) => (hasWarmup(side) ? side.blocks : settledBlocks(side.blocks))
  return comparePaired(a, b, pairByTime(of(a), of(b)), choices)
}

/**
 * Compares runs that took turns in the order A, B, B, A (mode `abba`): the first run of A with the first of B, the second with the second. `runNoise`
 * is how much a metric varies between runs of one unchanged system, as a fraction of its value (0.03 is 3 %); it widens the confidence intervals of
 * latencies and rates, not those of fractions such as the error rate.
 */
export function compareInTurns(
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
  choices: CompareChoices & { readonly runNoise?: number },
): Comparison {
  const [firstA, firstB] = [a[0], b[0]]
  if (!firstA || !firstB) throw new RangeError('two sides are needed')
  const of = (side: ComparedRun | undefined) => (!side ? [] : hasWarmup(side) ? side.blocks : settledBlocks(side.blocks))
  const pairs = a.map((one, i) => pairByNumber(of(one), of(b[i])))
  const blocks = { a: pairs.flatMap((pair) => pair.a), b: pairs.flatMap((pair) => pair.b) }
  const runNoise = choices.runNoise ?? RUN_NOISE
  const noise = Math.hypot(runNoise, runNoise) / Math.sqrt(pairs.length)
  const warnings = [...new Set(a.flatMap((one, i) => (b[i] ? comparabilityWarnings(one, b[i]) : [])))]
  const banner = `run in turns: the bounds include a spread of ${(runNoise * 100).toFixed(1)} % between runs of one system (--run-noise)`
  return compareSides(firstA, firstB, blocks, {
    ...choices,
    ...{ mode: 'abba', minBlocks: MIN_PAIRS, runNoise, warnings: [banner, ...warnings] },
    estimate: (metric, latencies, certainty) =>
      noisy(metric, pairedChange(metric, latencies, blocks, certainty), noise, certainty),
  })
}

/** Widens the bounds of a ratio by the variation between runs (`noise`). The bounds of shares stay as they are: they follow from the counts alone. */
function noisy(metric: ComparedMetric, change: Compared, noise: number, { alpha }: Certainty): Compared {
  if (metric.kind === 'share') return change
  const noiseReach = normalQuantile(1 - alpha / 2) * noise
  const { estimate } = change
  const low = estimate - Math.hypot(estimate - change.low, noiseReach)
  return { ...change, low, high: estimate + Math.hypot(change.high - estimate, noiseReach), noiseReach }
}

function comparePaired(a: ComparedRun, b: ComparedRun, blocks: Paired, choices: CompareChoices): Comparison {
  const estimate = (metric: ComparedMetric, latencies: Latencies | undefined, certainty: Certainty) =>
    pairedChange(metric, latencies, blocks, certainty)
  return compareSides(a, b, blocks, {
    ...choices,
    mode: 'interleaved',
    minBlocks: MIN_PAIRS,
    runNoise: 0,
    warnings: comparabilityWarnings(a, b),
    estimate,
  })
}

function pairedChange(metric: ComparedMetric, latencies: Latencies | undefined, blocks: Paired, certainty: Certainty): Compared {
  if (metric.kind === 'share') return shareChange(blocks, metric, certainty)
  if (metric.kind === 'rate') return rateChange(blocks, metric, certainty)
  if (!latencies) throw new RangeError(`no latencies of ${metric.name}`)
  return metric.p === 0.5
    ? medianChange(latencies.a, latencies.b, certainty)
    : quantileChange(latencies.a, latencies.b, metric.p, certainty)
}
