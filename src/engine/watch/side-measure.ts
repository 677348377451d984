/** Computes the values of thresholds on metrics of servers, machines and health checks. */
import { isUpper } from '../../metrics/threshold/expression/limit.ts'
import { type Measure, NOTHING_MEASURED } from '../../metrics/threshold/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import { GrownBuckets, GrownCounter } from '../../observe/grown.ts'
import type { Beside, SideFigure } from './beside.ts'

type SideCondition = Pick<Threshold, 'metric' | 'aggregate' | 'operator' | 'tags'>

const SOURCES: ReadonlySet<string> = new Set(['server', 'machine', 'health'])

/** True for a threshold on a metric that burn reads beside the load: of observed servers, watched machines or health checks. */
export const isBeside = ({ metric }: Pick<Threshold, 'metric'>): boolean => 'source' in metric && SOURCES.has(metric.source ?? '')

/**
 * Returns the value that a threshold on a metric of servers, machines or health checks is compared with. If there are several, their values are added
 * up for a metric that only grows; for any other metric, the value furthest from meeting the threshold is taken. When the value of one is unknown,
 * there is none at all, because the missing value might fail the threshold; a server that had no requests is left out.
 */
export function measureBeside(threshold: SideCondition, beside: Beside | undefined): Measure {
  const { metric, operator } = threshold
  const isSum = metric.kind === 'count' || ('shape' in metric && metric.shape === 'histogram')
  const found = beside?.figures(metric.name, isSum, threshold.tags.name) ?? []
  const all = found.map((figure) => (figure ? measureOf(threshold, figure) : NOTHING_MEASURED))
  // A server without requests has an empty histogram, which is no value but known. Any other missing value is unknown.
  if (found.some((figure, at) => all[at]?.samples === 0 && !(figure instanceof GrownBuckets))) return NOTHING_MEASURED
  const measured = all.filter(({ samples }) => samples > 0)
  const samples = measured.reduce((sum, one) => sum + one.samples, 0)
  const values = measured.flatMap(({ observed }) => observed ?? [])
  // A value above the last bucket is unknown, and must not count as a small one.
  if (values.length === 0 || values.length < measured.length) return NOTHING_MEASURED
  if (metric.kind === 'count') return { observed: values.reduce((sum, value) => sum + value, 0), samples, fewSamples: false }
  return {
    observed: isUpper(operator) || operator === '==' ? Math.max(...values) : Math.min(...values),
    samples,
    fewSamples: false,
  }
}

function measureOf(threshold: SideCondition, figure: SideFigure): Measure {
  const { aggregate } = threshold
  const of = (observed: number | null, samples: number): Measure => ({ observed, samples, fewSamples: false })
  if ('part' in figure)
    return of(figure.whole === 0 ? null : aggregate.kind === 'count' ? figure.part : figure.part / figure.whole, figure.whole)
  if ('lengths' in figure)
    return aggregate.kind === 'count' ? of(figure.events, figure.samples) : measureOf(threshold, figure.lengths)
  if (figure instanceof GrownCounter) return of(figure.delta, 1)
  if (aggregate.kind === 'count') return of(figure.count, figure.count)
  if (figure instanceof GrownBuckets) {
    if (aggregate.kind === 'avg') return of(figure.mean, figure.count)
    const quantile = aggregate.kind === 'percentile' ? figure.quantile(aggregate.p / 100) : null
    return of(quantile === null || quantile.to === null ? null : quantile.value, figure.count)
  }
  if (aggregate.kind === 'percentile') return of(figure.percentile(aggregate.p), figure.count)
  if (aggregate.kind === 'avg') return of(figure.mean, figure.count)
  return of(aggregate.kind === 'min' ? figure.min : aggregate.kind === 'max' ? figure.max : null, figure.count)
}
