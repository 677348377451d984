/** Parses the text of a threshold: `<metric>[{tag=value,…}] [aggregate] <operator> <value><unit>`. */
import { nearest } from '../../../language/suggest.ts'
import { parseDuration } from '../../../text/units.ts'
import { findMetric, type MetricDefinition, metricForAlias, metricNames } from '../../groups/catalogue.ts'
import { type Aggregate, aggregatesOf, defaultAggregate, hasAggregate, observedUnit, readAggregate } from './aggregate.ts'
import { type Numbers, numbersOf, tautology } from './conditions.ts'
import { type ExpressionToken, TextCursor, ThresholdSyntaxError } from './cursor.ts'
import type { ParsedThreshold, ThresholdExpression } from './expression.ts'
import { OPERATORS, type Operator, readLimit } from './limit.ts'
import { suggestThreshold } from './suggestion.ts'
import { readTags } from './tags.ts'

const METRIC = /[A-Za-z_][\w.]*(?:\([\d.]*\))?/y
const AGGREGATE = /[A-Za-z_][\w.]*(?:\([\d.]*\))?/y
const OPERATOR = /[<>=!≤≥]+/y
const REST = /\S.*/sy
/** Largest length of a threshold's text, in characters. */
const MAX_LENGTH = 500

/**
 * Parses the text of a threshold. Returns the threshold, or the problem with its offset and a hint if one is known. A threshold that every run or no
 * run can meet, such as `errors <= 100%`, is a problem, too.
 */
export function parseThreshold(text: string): ParsedThreshold {
  const parsed = read(text)
  if (parsed.ok) return parsed
  const right = suggestThreshold(text)
  return right !== undefined && read(right.text).ok
    ? { ...parsed, hint: `did you mean "${right.text}"${right.addition}?` }
    : parsed
}

/** Parses the text of a threshold as a result holds it. Where it names a time window (` over 10s`), the window is left out. */
export function parseStored(text: string): ParsedThreshold {
  return parseThreshold(text.replace(/ over \S+$/, ''))
}

function read(text: string): ParsedThreshold {
  try {
    return { ok: true, threshold: readExpression(new TextCursor(text)) }
  } catch (error) {
    if (error instanceof ThresholdSyntaxError) return { ok: false, ...error.problem }
    throw error
  }
}

function readExpression(cursor: TextCursor): ThresholdExpression {
  if (cursor.text.length > MAX_LENGTH)
    throw new ThresholdSyntaxError(`a threshold has at most ${MAX_LENGTH} characters`, MAX_LENGTH, 1)
  const metric = readMetric(cursor)
  const tagSpans = readTags(cursor)
  const aggregate = readAggregateOf(metric, cursor)
  const operator = readOperator(cursor)
  const unit = observedUnit(metric, aggregate)
  const limit = readValue(cursor, unit, operator, numbersOf(metric, unit, aggregate.kind === 'avg'))
  const tags = Object.fromEntries(tagSpans.map(({ name, value }) => [name, value]))
  return { text: cursor.text.trim(), metric, tags, tagSpans, aggregate, operator, limit, unit }
}

function readMetric(cursor: TextCursor): MetricDefinition {
  const token = cursor.take(METRIC)
  if (!token) throw cursor.unexpected('the name of a metric', 'such as: ttft p95 < 800ms')
  const metric = findMetric(token.text)
  if (metric) return metric
  throw new ThresholdSyntaxError(`there is no metric "${token.text}"`, token.offset, token.text.length, metricHint(token.text))
}

function metricHint(word: string): string {
  if (readAggregate(word)) return `say of which metric: response_time ${word}, ttft ${word}, …`
  const near = metricForAlias(word) ?? nearest(word, metricNames())
  return near === undefined ? `metrics: ${metricNames().join(', ')}` : `did you mean "${near}"?`
}

function readAggregateOf(metric: MetricDefinition, cursor: TextCursor): Aggregate {
  const token = cursor.take(AGGREGATE)
  if (!token) {
    const usual = defaultAggregate(metric.kind)
    if (usual) return usual
    throw cursor.unexpected(`an aggregate of ${metric.name}`, `one of p0 to p100, ${wordsOf(metric)}`)
  }
  const aggregate = readAggregate(token.text)
  if (!aggregate) throw aggregateError(metric, token, `"${token.text}" is not an aggregate`)
  if (!hasAggregate(metric.kind, aggregate)) throw aggregateError(metric, token, `${metric.name} has no ${token.text}`)
  return aggregate
}

function aggregateError(metric: MetricDefinition, token: ExpressionToken, message: string): ThresholdSyntaxError {
  const near = nearest(token.text, aggregatesOf(metric.kind))
  const known = metric.kind === 'distribution' ? `one of p0 to p100, ${wordsOf(metric)}` : `one of ${wordsOf(metric)}`
  return new ThresholdSyntaxError(
    message,
    token.offset,
    token.text.length,
    near === undefined ? known : `did you mean "${near}"?`,
  )
}

function wordsOf(metric: MetricDefinition): string {
  return aggregatesOf(metric.kind)
    .filter((word) => !/^p\d/.test(word))
    .join(', ')
}

function readOperator(cursor: TextCursor): Operator {
  const token = cursor.take(OPERATOR)
  const hint = `one of ${OPERATORS.join(' ')}`
  if (!token) throw cursor.unexpected('a comparison', hint)
  const operator = OPERATORS.find((known) => known === token.text)
  if (!operator) throw new ThresholdSyntaxError(`"${token.text}" is not a comparison`, token.offset, token.text.length, hint)
  return operator
}

/** A limit with a stretch of time behind it, as alerts have it, and as results name thresholds with a window. */
const STRETCH = /^(\S+)\s+(?:in|over)\s+(\S+)$/

const GOES_EITHER_WAY = 'a threshold has to be able to go either way'

function readValue(cursor: TextCursor, unit: ThresholdExpression['unit'], operator: Operator, numbers: Numbers): number {
  const token = cursor.take(REST) ?? { text: '', offset: cursor.text.length }
  const text = token.text.trimEnd()
  const limit = readLimit(unit, text, numbers.most ?? Number.POSITIVE_INFINITY)
  if (!limit.ok) {
    const [, value = '', stretch = ''] = STRETCH.exec(text) ?? []
    if (readLimit(unit, value).ok && parseDuration(stretch) !== undefined)
      throw new ThresholdSyntaxError(
        `the stretch of time stands apart from a threshold, got "${text}"`,
        ...([token.offset, text.length] as const),
        `in the scenario: { threshold: "${cursor.text.slice(0, token.offset)}${value}", window: ${stretch} }`,
      )
    const example = /such as (\S+)/.exec(limit.message)?.[1]
    const hint = text === '' ? `write the value behind ${operator}: ${cursor.text.trim()} ${example}` : undefined
    throw new ThresholdSyntaxError(limit.message, token.offset, text.length, hint)
  }
  const decided = tautology({ operator, limit: limit.value }, numbers)
  if (decided !== undefined)
    throw new ThresholdSyntaxError(
      `${decided}: ${operator} ${text}`,
      token.offset,
      text.length,
      unit === 'ratio' && operator === '<=' && limit.value === 1 ? `${GOES_EITHER_WAY}: < 100% is the widest` : GOES_EITHER_WAY,
    )
  return limit.value
}
