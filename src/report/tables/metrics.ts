/**
 * Makes the columns for a group of attempts: one or more for every metric of the catalogue, whether the run has it or not, so that all files have the
 * same columns.
 */
import { ATTEMPT_DISTRIBUTIONS, COUNTED_METRICS, POOLED_DISTRIBUTIONS } from '../../metrics/groups/catalogue.ts'
import { REPORTED_PERCENTILES } from '../../metrics/histogram/histogram.ts'
import type { Distribution, GroupMetrics, MetricUnit } from '../../result/schema.ts'
import type { Column } from './column.ts'

/** The end of a column's name, by the unit of its metric. Counts have none; money has none either, because its currency is a column of its own. */
const SUFFIXES: Readonly<Record<MetricUnit, string>> = {
  ms: '_ms',
  tokens: '',
  bytes: '_bytes',
  ratio: '_ratio',
  count: '',
  per_second: '_per_second',
  tokens_per_second: '_per_second',
  currency: '',
}

/**
 * Returns the name of a column in a report table, such as `ttft_p95_ms` or `errors_ratio`. It consists of the metric's name, a statistic of it, such
 * as `p95` ('' for none), and the unit, which is left out if the metric's name already ends in it.
 */
export function columnName(metric: string, unit: MetricUnit, figure = ''): string {
  const suffix = metric.endsWith(SUFFIXES[unit]) ? '' : SUFFIXES[unit]
  return `${metric}${figure === '' ? '' : `_${figure}`}${suffix}`
}

type DistributionFigure = readonly [name: string, of: (distribution: Distribution) => number | null]

const FIGURES: readonly DistributionFigure[] = [
  ['mean', ({ mean }) => mean],
  ['min', ({ min }) => min],
  // p99.9 becomes p99_9, because databases do not take a dot in the name of a column.
  ...REPORTED_PERCENTILES.map(
    (p): DistributionFigure => [`p${p}`.replace('.', '_'), ({ percentiles }) => percentiles[`p${p}`] ?? null],
  ),
  ['max', ({ max }) => max],
]

/**
 * Returns the columns of a report table for a metric with a distribution of values, such as `ttft`: number of samples, mean, smallest and largest
 * value, and percentiles. `of` gets the distribution of a row; where there is none, the number of samples is 0 and the other cells are empty.
 */
export function distributionColumns<Row>(
  { name, unit }: { readonly name: string; readonly unit: MetricUnit },
  of: (row: Row) => Distribution | undefined,
): Column<Row>[] {
  const figures = FIGURES.map(
    ([figure, pick]): Column<Row> => ({
      name: columnName(name, unit, figure),
      of: (row) => {
        const distribution = of(row)
        return distribution === undefined ? null : pick(distribution)
      },
    }),
  )
  return [{ name: `${name}_samples`, of: (row) => of(row)?.count ?? 0 }, ...figures]
}

const COUNTS = ['planned', 'started', 'ok', 'failed', 'cut', 'dropped', 'skipped'] as const

/**
 * The columns, in a report table, of the metrics of a group of attempts: counts, tokens, bytes, error rates and rates per second, and the mean and
 * percentiles of metrics such as `ttft`.
 */
export const GROUP_COLUMNS: readonly Column<GroupMetrics>[] = [
  { name: 'window_ms', of: ({ windowMs }) => windowMs },
  ...COUNTS.map((name): Column<GroupMetrics> => ({ name, of: ({ counts }) => counts[name] ?? 0 })),
  { name: 'bytes_sent', of: ({ bytesSent }) => bytesSent },
  { name: 'bytes_received', of: ({ bytesReceived }) => bytesReceived },
  { name: 'input_tokens_sum', of: ({ tokens }) => tokens.input },
  { name: 'cached_tokens_sum', of: ({ tokens }) => tokens.cachedInput },
  { name: 'output_tokens_sum', of: ({ tokens }) => tokens.output },
  { name: 'reasoning_tokens_sum', of: ({ tokens }) => tokens.reasoning },
  ...COUNTED_METRICS.filter(({ kind, ofRun }) => kind !== 'count' && !ofRun).map(
    ({ name, unit }): Column<GroupMetrics> => ({ name: columnName(name, unit), of: ({ values }) => values[name] ?? null }),
  ),
  ...[...ATTEMPT_DISTRIBUTIONS, ...POOLED_DISTRIBUTIONS].flatMap((metric) =>
    distributionColumns<GroupMetrics>(metric, ({ distributions }) => distributions[metric.name]),
  ),
]
