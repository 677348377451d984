/** The metrics that comparisons compare: quantiles of latencies, shares and rates. */
import type { BlockCounts, MeasuredBlock } from '../metrics/groups/blocks.ts'

/**
 * How large the change of each metric in a comparison must be to matter: relative for latencies and throughput (0.05 is 5 %), a difference for error
 * rates and other fractions (0.01 is one percentage point).
 */
export interface Tolerances {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly throughput: number
  readonly errors: number
  readonly checks: number
  /**
   * The largest share of errors that is tolerated, as a multiple of that of side A (1.5: half as many again). It takes the place of `errors`; left
   * out when there is no such limit.
   */
  readonly errorsRatio?: number
}

/**
 * How large a change must be to matter when two runs are made at the same time: 5 % for latencies and throughput, one percentage point for the error
 * rate and for the fraction of passed checks.
 */
export const TOGETHER: Tolerances = { p50: 0.05, p95: 0.05, p99: 0.05, throughput: 0.05, errors: 0.01, checks: 0.01 }
/**
 * How large a change must be to matter when two runs are made at different times: 10 % for latencies and throughput, because the machine may have
 * changed too, and one percentage point for the error rate and for the fraction of passed checks.
 */
export const APART: Tolerances = { ...TOGETHER, p50: 0.1, p95: 0.1, p99: 0.1, throughput: 0.1 }
/**
 * How large a change must be to count as a regression with `--limits regression`, limits that many CI pipelines use: p50 15 %, p95 20 %, p99 25 %,
 * throughput 15 %, and 50 % more errors.
 */
export const REGRESSION: Tolerances = {
  ...{ p50: 0.15, p95: 0.2, p99: 0.25, throughput: 0.15 },
  ...{ errors: 0.001, errorsRatio: 1.5, checks: 0.01 },
}

interface MetricBase {
  /** The name of the metric as thresholds write it, such as `ttft p95` or `errors`. */
  readonly name: string
  /** 1 when a higher value is worse, −1 when a lower value is worse. */
  readonly worse: 1 | -1
  /** The name of the tolerance (a key of `Tolerances`) that applies to this metric. */
  readonly tolerance: keyof Omit<Tolerances, 'errorsRatio'>
}

/** A metric of a comparison: a quantile of a latency, such as p95 of the response time, compared by the ratio B ÷ A. */
export interface LatencyMetric extends MetricBase {
  readonly kind: 'latency'
  readonly metric: string
  readonly p: number
}

/** A metric of a comparison: a fraction of the attempts, such as the error rate, compared by the difference B − A. */
export interface ShareMetric extends MetricBase {
  readonly kind: 'share'
  readonly part: (counts: BlockCounts) => number
  readonly whole: (counts: BlockCounts) => number
}

/** A metric of a comparison: a number per second, such as requests per second, compared by the ratio B ÷ A. */
export interface RateMetric extends MetricBase {
  readonly kind: 'rate'
  readonly count: (counts: BlockCounts) => number
}

/** A metric that `burn compare` can compare between two runs: a latency, a fraction such as the error rate, or a rate per second. */
export type ComparedMetric = LatencyMetric | ShareMetric | RateMetric

const ERRORS: ShareMetric = {
  ...{ kind: 'share', name: 'errors', worse: 1, tolerance: 'errors' },
  part: ({ failed }) => failed,
  whole: ({ ok, okAfterFault, failed, dropped }) => ok - okAfterFault + failed + dropped,
}
const CHECKS: ShareMetric = {
  ...{ kind: 'share', name: 'checks', worse: -1, tolerance: 'checks' },
  part: ({ checksHeld, checksAfterFault }) => checksHeld - checksAfterFault,
  whole: ({ checksMade, checksAfterFault }) => checksMade - checksAfterFault,
}
const RATE: RateMetric = { kind: 'rate', name: 'rate', worse: -1, tolerance: 'throughput', count: ({ ok }) => ok }

const QUANTILES = [
  { p: 0.5, name: 'p50' },
  { p: 0.95, name: 'p95' },
  { p: 0.99, name: 'p99' },
] as const

const latency = (metric: string, { p, name }: (typeof QUANTILES)[number]): LatencyMetric => ({
  ...{ kind: 'latency', name: `${metric} ${name}`, worse: 1, tolerance: name },
  ...{ metric, p },
})

/** All metrics that `burn compare` can compare between two runs, in the order in which reports print them. */
export const COMPARED: readonly ComparedMetric[] = [
  ...['ttft', 'response_time', 'service_time', 'tpot'].flatMap((metric) =>
    QUANTILES.map((quantile) => latency(metric, quantile)),
  ),
  ERRORS,
  CHECKS,
  RATE,
]

/** True when both sides of a comparison have samples of a metric. */
export function isMeasured(metric: ComparedMetric, a: readonly MeasuredBlock[], b: readonly MeasuredBlock[]): boolean {
  const has = (blocks: readonly MeasuredBlock[]) =>
    blocks.some(({ counts, latencies }) => {
      if (metric.kind === 'latency') return latencies[metric.metric] !== undefined
      return metric.kind === 'rate' || metric.whole(counts) > 0
    })
  return has(a) && has(b)
}

/** The number of samples that each side needs for its p99 to decide a comparison. */
const P99_SAMPLES = 3000

/**
 * Returns the names of the metrics that decide the verdict of a comparison when the user chooses none: p50 and p95 of the time to the first token,
 * p95 of the response time, the error rate, and the fraction of passed checks. Without tokens, the response time takes the place of the time to the
 * first token. When the replies differ in length, the median of the time per output token (`tpot`) takes the place of p95 of the response time.
 */
export function defaultGates(measured: ReadonlySet<string>, alikeInLength: boolean): string[] {
  const first = measured.has('ttft p50') ? 'ttft' : 'response_time'
  const whole = !alikeInLength && measured.has('tpot p50') ? 'tpot p50' : 'response_time p95'
  const gates = [`${first} p50`, `${first} p95`, whole, 'errors', 'checks']
  return [...new Set(gates)].filter((name) => measured.has(name))
}

/**
 * True when a metric has enough samples to decide the verdict of a comparison. Only a p99 needs a minimum, which is 3,000. `samples` is the number of
 * samples on side A or B, whichever has fewer.
 */
export function mayDecide(metric: ComparedMetric, samples: number): boolean {
  return metric.kind !== 'latency' || metric.p < 0.99 || samples >= P99_SAMPLES
}
