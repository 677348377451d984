/** Describes the confidence bounds of percentiles, and says for which ones there are too few samples. */
import type { Distribution, Result } from '../../result/schema.ts'
import { certifiedSamples, UNCERTAINTY } from '../../statistics/certified.ts'
import { serialCorrelation } from '../../statistics/spread.ts'
import { formatCount, formatNumber, formatShare, formatValue } from '../text/format.ts'

/** The metrics and percentiles whose bounds are described: the metric's name in the text, its name in the result, and the percentiles. */
const SHOWN = [
  ['response', 'response_time', [95, 99]],
  ['ttft', 'ttft', [95]],
] as const
/** The correlation of neighbouring seconds above which samples are not independent enough for their bounds to hold. */
const MAX_CORRELATION = 0.3
/** The smallest number of seconds for which this correlation is judged: with fewer, it is often high by chance. */
const MIN_SECONDS = 30

/** Formats the confidence interval of a percentile as "1.8s–2s"; as one value when both ends look the same. */
function formatBounds({ low, high }: { low: number; high: number }, unit: Distribution['unit']): string {
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)]
  return from === to ? from : `${from}–${to}`
}

/**
 * Describes the confidence intervals of p95 and p99 of the response time and p95 of ttft: "response p95 1.8s–2s, p99 needs 662 samples (99%)". Each
 * end of an interval holds with 99 % confidence. Adds that the intervals are too narrow when latencies of neighbouring seconds are correlated. Empty
 * when no percentile of the two metrics has an interval: with few samples, and for results of older versions.
 */
export function certifiedText(result: Pick<Result, 'total' | 'timeline' | 'phases'>): string {
  const texts = SHOWN.flatMap(([word, metric, ps]) => {
    const of = result.total.distributions[metric]
    return of === undefined || of.count === 0 ? [] : [`${word} ${ps.map((p) => boundsText(of, p)).join(', ')}`]
  })
  const isKnown = SHOWN.some(([, metric]) => result.total.distributions[metric]?.bounds !== undefined)
  return isKnown ? [`${texts.join(' · ')} (${formatShare(1 - UNCERTAINTY)})`, ...correlationText(result)].join(' · ') : ''
}

function boundsText({ bounds = {}, unit }: Distribution, p: number): string {
  const found = bounds[`p${p}`]
  return `p${p} ${found ? formatBounds(found, unit) : `needs ${formatCount(certifiedSamples(p))} samples`}`
}

function correlationText({ timeline, phases }: Pick<Result, 'timeline' | 'phases'>): string[] {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const medians = timeline.flatMap(({ phase, latencies }) => (measured.has(phase) ? [latencies.response_time?.p50] : []))
  const known = medians.filter((value) => value !== undefined)
  const correlation = known.length < MIN_SECONDS ? 0 : serialCorrelation(known)
  return correlation > MAX_CORRELATION
    ? [`too narrow: neighbouring seconds resemble each other (correlation ${formatNumber(correlation)})`]
    : []
}
