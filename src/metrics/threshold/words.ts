/** Texts about thresholds: values with units, and why a threshold failed or was not evaluated. */

import type { MetricUnit } from '../../result/schema.ts'
import { formatBytes, formatGrouped, formatMs } from '../../text/units.ts'
import { aggregateName, defaultAggregate } from './expression/aggregate.ts'
import type { ThresholdExpression } from './expression/expression.ts'
import { isUpper } from './expression/limit.ts'
import type { Measure } from './measure.ts'
import type { Threshold } from './threshold.ts'

const grouped = (value: number) => formatGrouped(value, 2)

/** Returns a value with its unit as text, such as `912ms`, `1.2%` or `50/s`. Counts, tokens and prices are written as plain numbers. */
export function formatValue(value: number, unit: MetricUnit): string {
  switch (unit) {
    case 'ms':
      return formatMs(value)
    case 'ratio':
      return `${Number((value * 100).toPrecision(3))}%`
    case 'bytes':
      return formatBytes(value)
    case 'per_second':
    case 'tokens_per_second':
      return `${grouped(value)}/s`
    case 'currency':
      return String(Number(value.toPrecision(4)))
    case 'tokens':
    case 'count':
      return grouped(value)
  }
}

/** Formats an observed value and a limit, with more digits when rounding would hide the difference between them. */
function pair(observed: number, limit: number, unit: MetricUnit): readonly [string, string] {
  const short = [formatValue(observed, unit), formatValue(limit, unit)] as const
  if (short[0] !== short[1] || observed === limit) return short
  const scale = unit === 'ratio' ? 100 : 1
  const ending = {
    ms: 'ms',
    ratio: '%',
    bytes: ' B',
    per_second: '/s',
    tokens_per_second: '/s',
    tokens: '',
    count: '',
    currency: '',
  }[unit]
  return [`${formatGrouped(observed * scale, 6)}${ending}`, `${formatGrouped(limit * scale, 6)}${ending}`]
}

/** Returns what a threshold compares, in words and without tags: `ttft p95`, `errors`. */
function subject({ metric, aggregate, tags }: ThresholdExpression): string {
  const implied = defaultAggregate(metric.kind)
  const word = implied && implied.kind === aggregate.kind ? '' : ` ${aggregateName(aggregate)}`
  const where = Object.entries(tags).map(([name, value]) => `${name} ${value}`)
  return `${metric.name}${word}${where.length > 0 ? ` of ${where.join(', ')}` : ''}`
}

/** Returns the beginning of a sentence about the observed value: `errors were`, `ttft p95 was`. */
function seenOf(threshold: ThresholdExpression): string {
  const words = subject(threshold)
  return `${words} ${/^\w+s(?: of |$)/.test(words) ? 'were' : 'was'}`
}

const samplesText = (samples: number) => `${grouped(samples)} sample${samples === 1 ? '' : 's'}`

/** Returns a sentence for reports with the outcome of a threshold: "ttft p95 was 912ms, limit 800ms, over 1,240 samples". */
export function comparison(threshold: ThresholdExpression, measured: Measure, observed: number): string {
  const [seen, limit] = pair(observed, threshold.limit, threshold.unit)
  const bound = isUpper(threshold.operator) ? `limit ${limit}` : `wanted ${threshold.operator} ${limit}`
  return `${seenOf(threshold)} ${seen}, ${bound}, over ${samplesText(measured.samples)}${measured.fewSamples ? ' (few samples)' : ''}`
}

/**
 * Returns a sentence about a value that may be worse than it looks, because the end of the run cut attempts: "ttft p95 was 912ms over 22 samples, but
 * cannot be known: 58 attempts did not get so far before the run ended". If the worst possible value is known, the sentence states that value instead
 * of "cannot be known".
 */
export function censoredReason(threshold: ThresholdExpression, measured: Measure, observed: number): string {
  const { count = 0, atLeast = null } = measured.censored ?? {}
  const seen = `${seenOf(threshold)} ${formatValue(observed, threshold.unit)} over ${samplesText(measured.samples)}`
  const kept = `${grouped(count)} attempt${count === 1 ? '' : 's'} did not get so far before the run ended`
  if (atLeast === null) return `${seen}, but cannot be known: ${kept}`
  const [worst, limit] = pair(atLeast, threshold.limit, threshold.unit)
  return `${seen}, but ${worst} (limit ${limit}) if the slowest are those that are missing: ${kept}`
}

/**
 * Returns a sentence about a threshold with `certain` and too few samples: "ttft p95 was 413ms over 57 samples, but 130 are needed to be certain".
 */
export function fewForCertainty(threshold: ThresholdExpression, measured: Measure, observed: number, needed: number): string {
  const seen = `${seenOf(threshold)} ${formatValue(observed, threshold.unit)} over ${samplesText(measured.samples)}`
  return `${seen}, but ${grouped(needed)} are needed to be certain`
}

/**
 * Returns a sentence about a percentile that meets its limit in the samples, but not with statistical confidence: "ttft p95 was 780ms, limit 800ms,
 * over 420 samples, but may be up to 812ms: with about 1,100 samples such values would be certain". `bound` is the worst value that the percentile
 * may really have, here 812.
 */
export function undecidedReason(threshold: ThresholdExpression, measured: Measure, observed: number, bound: number): string {
  const { limit, unit, operator } = threshold
  // Bounds get narrower with the square root of the number of samples.
  const times = ((bound - observed) / (limit - observed)) ** 2
  const more = Number.isFinite(times) ? `: with about ${grouped(Number((measured.samples * times).toPrecision(2)))} samples` : ''
  const reach = `may be ${isUpper(operator) ? 'up to' : 'as low as'} ${formatValue(bound, unit)}`
  return `${comparison(threshold, measured, observed)}, but ${reach}${more}${more && ' such values would be certain'}`
}

/**
 * Returns a sentence about a threshold without samples or with too few (`samples` is their number): whether the threshold passes, fails or is
 * skipped for that reason.
 */
export function missing(threshold: Threshold, samples: number): string {
  const what =
    samples === 0 ? 'has no samples' : `has only ${samplesText(samples)} of the ${grouped(threshold.minSamples)} it needs`
  const meaning = { fail: 'which counts as a failure', pass: 'which on_missing lets pass', skip: 'which on_missing lets go' }[
    threshold.onMissing
  ]
  return `${subject(threshold)} ${what}, ${meaning}`
}
