/** Suggestions for misspelt thresholds, such as the notation of other tools. Used in messages only; thresholds themselves are parsed strictly. */
import { nearest } from '../../../language/suggest.ts'
import { findMetric, type MetricDefinition, metricForAlias, metricNames } from '../../groups/catalogue.ts'
import { aggregateName, defaultAggregate, hasAggregate, observedUnit, readAggregate } from './aggregate.ts'
import { readLimit } from './limit.ts'

const WORD = String.raw`[A-Za-z_][\w.]*(?:\([\d.]+\))?`
const LOOSE = new RegExp(
  String.raw`^\s*(?<first>${WORD})?\s*(?:\[(?<window>\w+)\])?\s*(?<tags>\{[^}]*\})?\s*:?\s*(?<second>${WORD})?\s*(?<operator>[<>=!≤≥]{1,3})\s*(?<number>\d*\.?\d+)\s*(?<unit>%|/?\s*[A-Za-zµ]+)?\s*$`,
)
const OPERATORS: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '!==': '!=',
  '=<': '<=',
  '=>': '>=',
  '≤': '<=',
  '≥': '>=',
}
/** Other spellings of units, with burn's spelling. */
const UNITS: Readonly<Record<string, string>> = {
  msec: 'ms',
  millis: 'ms',
  milliseconds: 'ms',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  minute: 'm',
  minutes: 'm',
  rps: '/s',
  qps: '/s',
  percent: '%',
}

/**
 * Guesses which threshold a wrongly written `text` means. Returns the threshold as text, and in `addition` an option that has to be set with it, such
 * as " with window: 10s" (or ''); undefined without a guess. The guess may itself be invalid: `parseThreshold` has to check it.
 */
export function suggestThreshold(text: string): { readonly text: string; readonly addition: string } | undefined {
  const parts = text.length > 200 ? undefined : LOOSE.exec(text)?.groups
  if (!parts) return undefined
  const metric = meantMetric(parts.first, parts.second)
  if (!metric) return undefined
  const aggregate = meantAggregate(metric, parts.second ?? parts.first)
  const operator = OPERATORS[parts.operator ?? ''] ?? parts.operator
  const value = meantValue(metric, aggregate, Number(parts.number), (parts.unit ?? '').replace(/\s/g, ''))
  if (value === undefined) return undefined
  const tags = (parts.tags ?? '').replaceAll(':', '=')
  return {
    text: `${metric.name}${tags}${aggregateSuffix(metric, aggregate)} ${operator} ${value}`,
    addition: parts.window ? ` with window: ${parts.window}` : '',
  }
}

function meantMetric(first: string | undefined, second: string | undefined): MetricDefinition | undefined {
  const word = first ?? second ?? ''
  const known = findMetric(word) ?? findMetric(metricForAlias(word) ?? '')
  if (known) return known
  // An aggregate without a metric means the latency, as in tools that have only one metric.
  if (readAggregate(bare(word))) return findMetric('response_time')
  return findMetric(nearest(word, metricNames()) ?? '')
}

/** Returns the aggregate to put into a suggestion: none for a rate or count, whose name says it already. */
function aggregateSuffix(metric: MetricDefinition, aggregate: string): string {
  return metric.kind === 'rate' || metric.kind === 'count' ? '' : ` ${aggregate}`
}

/** Rewrites the notation `p(95)` to `p95`. */
function bare(word: string): string {
  return word.replace(/[()]/g, '').toLowerCase()
}

function meantAggregate(metric: MetricDefinition, word: string | undefined): string {
  const aggregate = readAggregate(bare(word ?? ''))
  if (aggregate && hasAggregate(metric.kind, aggregate)) return aggregateName(aggregate)
  const usual = defaultAggregate(metric.kind)
  return usual ? aggregateName(usual) : 'p95'
}

function meantValue(metric: MetricDefinition, aggregate: string, number: number, writtenUnit: string): string | undefined {
  const read = readAggregate(aggregate)
  if (!read) return undefined
  const unit = observedUnit(metric, read)
  const suffix = UNITS[writtenUnit.toLowerCase()] ?? writtenUnit
  if (suffix === '' && unit === 'ratio') return `${number <= 1 ? Number((number * 100).toPrecision(12)) : number}%`
  const missing = { ms: 'ms', per_second: '/s' } as const
  const ending = suffix === '' && (unit === 'ms' || unit === 'per_second') ? missing[unit] : suffix
  const spelled = [ending, ending.toLowerCase()].map((end) => `${number}${end}`)
  return spelled.find((candidate) => readLimit(unit, candidate).ok)
}
