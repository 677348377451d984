/** Limits on the metrics of one attempt: `< 1s`, `>= 20`, `10..200`. */
import { UsageError } from '../../errors.ts'
import {
  ATTEMPT_DISTRIBUTIONS,
  type AttemptDistribution,
  type AttemptMetricName,
  type MetricDefinition,
} from '../groups/catalogue.ts'
import { canHold, impossible, type NumberCondition, numbersOf } from '../threshold/expression/conditions.ts'
import { holds, OPERATORS, type Operator, readLimit } from '../threshold/expression/limit.ts'
import { formatValue } from '../threshold/words.ts'
import { lazyVerdict, type Test } from './kinds/types.ts'

/** The name of a metric that an `expect` check can limit, such as `ttft`. Such a metric has a single value for each attempt. */
export type BoundMetric = AttemptMetricName

const COMPARISON = /^\s*([<>=!]+)\s*(.+?)\s*$/s
const RANGE = /^\s*(.+?)\s*\.\.\s*(.+?)\s*$/s

/**
 * True when a limit on this metric in an `expect` block is an objective: a limit on time, speed or price, which decides whether an attempt counts
 * for goodput. Limits on other metrics are plain checks.
 */
export function isObjective({ unit }: AttemptDistribution): boolean {
  return unit === 'ms' || unit === 'tokens_per_second' || unit === 'currency'
}

/**
 * Compiles a limit on a metric, such as `ttft: < 1s`, to a test of one attempt. A number is an upper limit; a text has a comparison, or is a range
 * such as `10..200`. An attempt without a value of the metric fails the test.
 * @throws UsageError for a text that is not a limit, has a wrong unit, or that no value can meet
 */
export function boundTest(metric: BoundMetric, text: string | number): Test {
  const definition = definitionOf(metric)
  const conditions = readBound(definition, text)
  const describe = (value: number) => formatValue(value, definition.unit)
  return ({ exchange }) => {
    const value = definition.of(exchange)
    if (value === undefined) return { passed: false, observed: `${metric} could not be formed` }
    const passed = conditions.every(({ operator, limit }) => holds(value, operator, limit))
    return lazyVerdict(passed, value, describe)
  }
}

/** A check's upper limit: a text such as `< 1s`, a number (the largest allowed value), or promptfoo's form `{ threshold: … }`. */
type MostSpec = number | string | { readonly threshold: number | string }

/**
 * Returns the metric that an `expect` check limits, and the limits; `latency: 1s` limits response_time. Undefined for a check of another type.
 * @throws UsageError when the value is not a limit
 */
export function limitsOf(
  key: string,
  spec: unknown,
): { readonly metric: MetricDefinition; readonly limits: readonly NumberCondition[] } | undefined {
  const known = { latency: 'response_time', tokens: 'output_tokens' }[key] ?? key
  const metric = ATTEMPT_DISTRIBUTIONS.find(({ name }) => name === known)
  // A check of a metric has one of these forms: the schema says so.
  return metric && { metric, limits: readBound(metric, mostOf(spec as MostSpec)) }
}

/**
 * Compiles the check `latency: 1000` (ms) or `latency: 1s` to a test that response_time is at most that.
 * @throws UsageError when the value is not a duration
 */
export function latencyTest(spec: MostSpec): Test {
  return boundTest('response_time', mostOf(spec))
}

/**
 * Compiles a check such as `cost: 0.01` or `tokens: 200` to a test that the metric is at most that number.
 * @throws UsageError when the value is not a number
 */
export function mostTest(metric: BoundMetric, spec: MostSpec): Test {
  return boundTest(metric, mostOf(spec))
}

/**
 * Returns a limit as text with an operator, such as `<= 1s`; a bare number stays a number, which is the largest allowed value in the metric's unit.
 */
function mostOf(spec: MostSpec): string | number {
  const most = typeof spec === 'object' ? spec.threshold : spec
  if (typeof most === 'number') return most
  return /^\s*\d\w*(\.\w+)?\s*$/.test(most) ? `<= ${most}` : most
}

function readBound(metric: MetricDefinition, text: string | number): readonly NumberCondition[] {
  if (typeof text === 'number') return [{ operator: '<=', limit: text }]
  const comparison = COMPARISON.exec(text)
  if (comparison) {
    const condition = { operator: operatorOf(comparison[1] ?? '', text), limit: limitOf(metric, comparison[2] ?? '') }
    // A limit that every value meets is still useful, because an attempt without a value fails it.
    const never = impossible(condition, numbersOf(metric, metric.unit))
    if (never !== undefined) throw new UsageError(`"${text}" on ${metric.name}: ${never}`)
    return [condition]
  }
  const range = RANGE.exec(text)
  if (!range)
    throw new UsageError(
      `"${text}" is not a bound on ${metric.name}`,
      `write "${isFloor(metric) ? '>' : '<'} ${text.trim()}" or a range such as "low..high"`,
    )
  const [low, high] = [limitOf(metric, range[1] ?? ''), limitOf(metric, range[2] ?? '')]
  if (low > high) throw new UsageError(`the range "${text}" begins above its end`)
  const conditions = [
    { operator: '>=', limit: low },
    { operator: '<=', limit: high },
  ] as const
  if (!canHold(conditions, numbersOf(metric, metric.unit)))
    throw new UsageError(`"${text}" on ${metric.name}: this can never hold`)
  return conditions
}

/** Returns true when the hint for a text without a sign suggests a lower limit, as for tokens and speeds; for other metrics, an upper one. */
function isFloor(metric: MetricDefinition): boolean {
  return metric.unit === 'tokens' || metric.unit === 'tokens_per_second'
}

function operatorOf(word: string, text: string): Operator {
  const operator = OPERATORS.find((known) => known === word)
  if (operator) return operator
  throw new UsageError(`"${word}" in "${text}" is not a comparison`, `one of ${OPERATORS.join(' ')}`)
}

function limitOf(metric: MetricDefinition, text: string): number {
  const { most = Number.POSITIVE_INFINITY } = numbersOf(metric, metric.unit)
  const limit = readLimit(metric.unit, text, most)
  if (limit.ok) return limit.value
  throw new UsageError(`a bound on ${metric.name}: ${limit.message}`)
}

function definitionOf(metric: BoundMetric): AttemptDistribution {
  const definition = ATTEMPT_DISTRIBUTIONS.find(({ name }) => name === metric)
  if (!definition) throw new UsageError(`there is no metric ${metric}`)
  return definition
}
