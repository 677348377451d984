/** Compares two runs that were made one after the other, so that the state of the target and the machine may have changed between them. */
import { joinedBy, type MeasuredBlock } from '../metrics/groups/blocks.ts'
import { normalQuantile } from '../statistics/normal.ts'
import { newcombe } from '../statistics/rates.ts'
import { tQuantile } from '../statistics/student.ts'
import { compareSides, type Latencies } from './compare-sides.ts'
import { type ComparedRun, hasWarmup } from './compared-run.ts'
import type { Comparison, ComparisonMode } from './comparison.ts'
import { type Certainty, type Compared, quantileError, rateError, shareError } from './estimates.ts'
import { type CompareChoices, RUN_NOISE } from './gates.ts'
import { storedWarnings } from './guards.ts'
import type { ComparedMetric } from './metrics.ts'
import { filledBlocks, type Paired, settledBlocks } from './side-by-side.ts'

/**
 * Into how many blocks (stretches of time) each run is joined. They are fewer and longer than for runs at the same time, so that neighbouring blocks
 * do not depend on each other.
 */
const BLOCKS = 10
const MIN_BLOCKS = 8

/**
 * Compares two runs that were made one after the other, metric by metric. `runNoise` is how much a metric varies between runs of one unchanged
 * system, as a fraction of its value (0.03 is 3 %); it widens the confidence intervals of latencies and rates, not those of fractions such as the
 * error rate.
 */
export function compareApart(
  a: ComparedRun,
  b: ComparedRun,
  choices: CompareChoices & { readonly runNoise?: number },
  mode: ComparisonMode = 'stored',
): Comparison {
  const runNoise = choices.runNoise ?? RUN_NOISE
  const blocks = { a: tenOf(a), b: tenOf(b) }
  const banner = `not run together: the bounds include a spread of ${(runNoise * 100).toFixed(1)} % between runs of one system (--run-noise)`
  return compareSides(a, b, blocks, {
    ...choices,
    mode,
    minBlocks: MIN_BLOCKS,
    runNoise,
    warnings: [banner, ...storedWarnings(a, b)],
    estimate: (metric, latencies, certainty) => changeApart(metric, latencies, blocks, certainty, runNoise),
  })
}

/** Returns the blocks of a run, joined to about ten with equally many original blocks each. */
function tenOf(run: ComparedRun): readonly MeasuredBlock[] {
  const blocks = hasWarmup(run) ? run.blocks : settledBlocks(run.blocks)
  const places = new Map(blocks.map((block, i) => [block, Math.floor((i * BLOCKS) / blocks.length)]))
  return filledBlocks(joinedBy(blocks, (block) => places.get(block) ?? 0))
}

function changeApart(
  metric: ComparedMetric,
  latencies: Latencies | undefined,
  blocks: Paired,
  { alpha, random }: Certainty,
  runNoise: number,
): Compared {
  const degrees = Math.max(1, Math.min(blocks.a.length, blocks.b.length) - 1)
  // The variation between runs (`noise`) adds once for each of the two runs. It counts as exactly known, so it takes the normal quantile.
  const bounds = (estimate: number, errorA: number, errorB: number, noise: number) => {
    const noiseReach = normalQuantile(1 - alpha / 2) * Math.hypot(noise, noise)
    const reach = Math.hypot(tQuantile(1 - alpha / 2, degrees) * Math.hypot(errorA, errorB), noiseReach)
    return { estimate, low: estimate - reach, high: estimate + reach, noiseReach }
  }
  if (metric.kind === 'latency') {
    if (!latencies) throw new RangeError(`no latencies of ${metric.name}`)
    const [a, b] = [quantileError(latencies.a, metric.p, random), quantileError(latencies.b, metric.p, random)]
    return { a: a.value, b: b.value, ...bounds(Math.log(b.value / a.value), a.error, b.error, runNoise) }
  }
  if (metric.kind === 'rate') {
    const [a, b] = [rateError(blocks.a, metric, random), rateError(blocks.b, metric, random)]
    return { a: a.value, b: b.value, ...bounds(Math.log(b.value / a.value), a.error / a.value, b.error / b.value, runNoise) }
  }
  const [a, b] = [shareError(blocks.a, metric, random), shareError(blocks.b, metric, random)]
  const drawn = bounds(b.value - a.value, a.error, b.error, 0)
  const counted = newcombe(a, b, alpha)
  return { a: a.value, b: b.value, ...drawn, low: Math.min(drawn.low, counted.low), high: Math.max(drawn.high, counted.high) }
}
