/** Compares two runs that were made together, block by block of time. */

import { compareSides, type Latencies } from './compare-sides.ts'
import { type ComparedRun, hasWarmup } from './compared-run.ts'
import type { Comparison, ComparisonMode } from './comparison.ts'
import { type Certainty, type Compared, medianChange, quantileChange, rateChange, shareChange } from './estimates.ts'
import type { CompareChoices } from './gates.ts'
import { comparabilityWarnings } from './guards.ts'
import type { ComparedMetric } from './metrics.ts'
import { type Paired, pairByNumber, pairByTime, settledBlocks } from './side-by-side.ts'

/** With fewer pairs not even ratios that all lie on one side are certain enough. */
const MIN_PAIRS = 9

/** Compares two runs that went on at the same time (`interleaved`). */
export function compareTogether(a: ComparedRun, b: ComparedRun, choices: CompareChoices): Comparison {
  const of = (side: ComparedRun) => (hasWarmup(side) ? side.blocks : settledBlocks(side.blocks))
  return comparePaired(a, b, pairByTime(of(a), of(b)), 'interleaved', choices)
}

/** Compares the runs of two sides that took turns (A, B, B, A): the n-th run of one side with the n-th of the other. */
export function compareInTurns(a: readonly ComparedRun[], b: readonly ComparedRun[], choices: CompareChoices): Comparison {
  const [firstA, firstB] = [a[0], b[0]]
  if (!firstA || !firstB) throw new RangeError('two sides are needed')
  const of = (side: ComparedRun | undefined) => (!side ? [] : hasWarmup(side) ? side.blocks : settledBlocks(side.blocks))
  const pairs = a.map((one, i) => pairByNumber(of(one), of(b[i])))
  const blocks = { a: pairs.flatMap((pair) => pair.a), b: pairs.flatMap((pair) => pair.b) }
  return comparePaired(firstA, firstB, blocks, 'abba', choices)
}

function comparePaired(
  a: ComparedRun,
  b: ComparedRun,
  blocks: Paired,
  mode: ComparisonMode,
  choices: CompareChoices,
): Comparison {
  const estimate = (metric: ComparedMetric, latencies: Latencies | undefined, certainty: Certainty) =>
    pairedChange(metric, latencies, blocks, certainty)
  return compareSides(a, b, blocks, {
    ...choices,
    mode,
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
