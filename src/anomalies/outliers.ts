/** Finds the attempts of each step whose values are far from those of the step's other attempts. */
import { isAbove } from '../metrics/histogram/above.ts'
import { middleOf } from '../metrics/histogram/buckets.ts'
import type { Histogram } from '../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../metrics/histogram/units.ts'
import type { Pieces } from '../pieces.ts'
import type { AnomalyGroup } from '../result/schema.ts'
import { type Limit, slowLimit, stallLimit, tokenLimit, type Weighted } from './slow-limit.ts'
import type { AnomalyWatch, WatchedMetric } from './watch.ts'

/** One step of the scenario with the histograms of its ok attempts, one for each metric, such as `ttft`. */
export interface MeasuredStep {
  readonly name: string
  /** The index of the step in the plan. */
  readonly index: number
  histogramOf(metric: string): Histogram | undefined
}

/** The cost of one bucket of a histogram in work units (see `Pieces`): it is copied, sorted and read a few times. */
const UNITS_PER_BUCKET = 10

/**
 * Finds the attempts of each step that are far above its others: slow ones, ones with a long gap inside the reply, and ones with unusually many
 * output tokens. At most the fifty worst of each are listed. `startedAt` is when the run began (monotonic ms), because the moments of the found
 * attempts count from there.
 */
export function* outliersOf(steps: readonly MeasuredStep[], watch: AnomalyWatch, startedAt: number): Pieces<AnomalyGroup[]> {
  const found: AnomalyGroup[] = []
  for (const step of steps) {
    for (const { kind, metric, of = metric, limitOf } of rulesFor(step)) {
      const values = step.histogramOf(metric)
      const rising = weighted(step.histogramOf(of))
      yield rising.length * UNITS_PER_BUCKET + 1
      const limit = limitOf(rising)
      const count = values && limit ? values.countAbove(limit.limit) : 0
      if (limit === undefined || values === undefined || count === 0) continue
      const worst = watch.worstOf(step.index, metric)?.where((value) => isAbove(value, limit.limit, values.unit)) ?? []
      found.push({
        kind,
        step: step.name,
        metric,
        unit: values.unit,
        count,
        ...limit,
        worst: worst.map(({ endedAt, ...attempt }) => ({
          ...attempt,
          endedAtMs: Math.round((endedAt - startedAt) * 1000) / 1000,
        })),
      })
    }
  }
  return found
}

interface OutlierRule {
  readonly kind: AnomalyGroup['kind']
  /** The metric in which an attempt may be an outlier. `of` is the metric with the typical values, if that is another one. */
  readonly metric: WatchedMetric
  readonly of?: string
  readonly limitOf: (rising: readonly Weighted[]) => Limit | undefined
}

/**
 * Returns the rules by which attempts of a step are outliers. A streamed reply is slow by its first token or its pace, not by its length; other
 * replies by their service time.
 */
function rulesFor(step: MeasuredStep): OutlierRule[] {
  const streams = (step.histogramOf('ttft')?.count ?? 0) > 0
  const slow = (['ttft', 'tpot'] as const).map((metric): OutlierRule => ({ kind: 'slow', metric, limitOf: slowLimit }))
  return [
    ...(streams ? slow : [{ kind: 'slow', metric: 'service_time', limitOf: slowLimit } as const]),
    { kind: 'stalled', metric: 'stall', of: 'itl', limitOf: stallLimit },
    { kind: 'costly', metric: 'output_tokens', limitOf: tokenLimit },
  ]
}

/** Returns the buckets of a histogram in rising order, each with the value in its middle and its count. */
function weighted(histogram: Histogram | undefined): Weighted[] {
  if (histogram === undefined || histogram.count === 0) return []
  const { pairs } = histogram.sparse()
  const values: Weighted[] = []
  for (let at = 0; at < pairs.length; at += 2) {
    values.push([middleOf(pairs[at] ?? 0) / STEPS_PER_UNIT[histogram.unit], pairs[at + 1] ?? 0])
  }
  return values
}
