/** Decides whether any number meets all of several conditions, such as `< 800` and `!= 5`. */
import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition } from '../../groups/catalogue.ts'
import type { Aggregate } from './aggregate.ts'
import type { ThresholdExpression } from './expression.ts'
import { holds, type Operator } from './limit.ts'

/** A condition of a threshold or check that compares a number with a limit, such as `< 800`. */
export interface NumberCondition {
  readonly operator: Operator
  readonly limit: number
}

/**
 * The numbers that a metric can have as its value: those from `least` to `most`, perhaps only whole ones or only those above 0. They show which
 * thresholds can never be met.
 */
export interface Numbers {
  readonly least?: number
  readonly most?: number
  /** True when only whole numbers are possible. */
  readonly whole?: boolean
  /** True when only numbers above 0 are possible. */
  readonly positive?: boolean
}

const OPPOSITES = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const satisfies Record<
  Operator,
  Operator
>

/** Metrics of times that are never 0 for an attempt or a connection, unlike waits and gaps between pieces. */
const TAKES_TIME: ReadonlySet<string> = new Set<string>([
  'response_time',
  'service_time',
  'ttfb',
  'ttft',
  'ttfo',
  'ttft_cold',
  'ttft_warm',
  'e2e',
  'connect_time',
])

/**
 * Returns the set of values that a metric with this unit can have, to find thresholds that can never be met. An average (`average`) may be a
 * fraction in any unit.
 */
export function numbersOf(metric: MetricDefinition, unit: MetricUnit, average = false): Numbers {
  if (unit === 'ratio') return 'mayExceedOne' in metric ? { least: 0 } : { least: 0, most: 1 }
  const whole = !average && (unit === 'count' || unit === 'bytes' || unit === 'tokens')
  return { least: 0, whole, positive: unit === 'ms' && TAKES_TIME.has(metric.name) }
}

/** True when at least one value in the set `numbers` meets all conditions of a threshold or check. */
export function canHold(conditions: readonly NumberCondition[], numbers: Numbers = {}): boolean {
  const around = numbersAround(
    conditions.map(({ limit }) => limit),
    numbers,
  )
  return around.some((x) => conditions.every(({ operator, limit }) => holds(x, operator, limit)))
}

/**
 * Returns a few numbers among which to look for one that meets several conditions, such as `> 2` and `< 3`. If any number meets all of them, one of
 * the returned ones does. `limits` are the limits of the conditions, here 2 and 3; `numbers` says which values are possible at all.
 */
export function numbersAround(limits: readonly number[], numbers: Numbers): number[] {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false, positive = false } = numbers
  const edges = [0, least, most, ...limits].filter(Number.isFinite).sort((a, b) => a - b)
  const around = edges.flatMap((edge, index) => {
    const step = Math.max(1, Math.abs(edge))
    const middle = edge / 2 + (edges[index + 1] ?? edge) / 2
    return whole
      ? [edge - step, edge + step, edge - 1, edge, edge + 1].flatMap(wholeBeside)
      : [edge - step, edge, middle, edge + step]
  })
  return around.filter((x) => x >= least && x <= most && !(positive && x === 0))
}

const wholeBeside = (x: number) => [Math.floor(x), Math.ceil(x)]

/**
 * Returns the reason why the condition of a threshold is always met (`ratio <= 1`) or never met (`count < 0`), whatever is measured; undefined when
 * it depends on the measurement. Undefined also for `> 0ms`, which demands only that there is a value.
 */
export function tautology(condition: NumberCondition, numbers: Numbers): string | undefined {
  const opposite = { operator: OPPOSITES[condition.operator], limit: condition.limit }
  // `> 0ms` is allowed: it demands that there is a value.
  return canHold([opposite], { ...numbers, positive: false }) ? impossible(condition, numbers) : 'this holds whatever is measured'
}

/**
 * Returns why no value of a metric can meet the condition of a threshold, such as `count == 1.5`; undefined when some value can. `numbers` says
 * which values the metric can have.
 */
export function impossible(condition: NumberCondition, numbers: Numbers): string | undefined {
  if (canHold([condition], numbers)) return undefined
  const fraction = numbers.whole && !Number.isInteger(condition.limit)
  return fraction ? 'this can never hold, as it is a whole number' : 'this can never hold'
}

/**
 * True when no run can meet both of two thresholds, such as `p50 > 2s` and `p99 < 1s`. Not every such pair is recognised, so false promises nothing.
 * Only thresholds about the same attempts may be passed; this is not checked here.
 */
export function excludeEachOther(a: ThresholdExpression, b: ThresholdExpression): boolean {
  if (a.metric.name !== b.metric.name) return false
  const numbers = numbersOf(a.metric, a.unit, a.aggregate.kind === 'avg')
  if (isSame(a.aggregate, b.aggregate)) return !canHold([a, b], numbers)
  return a.metric.kind === 'distribution' && (isCrossed(a, b) || isCrossed(b, a))
}

/** True when two thresholds contradict each other: one needs an aggregate above a limit, and the other needs a larger aggregate below that limit. */
function isCrossed(small: ThresholdExpression, large: ThresholdExpression): boolean {
  if (!isAtMost(small.aggregate, large.aggregate)) return false
  const least = small.operator === '==' ? '>=' : small.operator
  const most = large.operator === '==' ? '<=' : large.operator
  const isPair = (least === '>' || least === '>=') && (most === '<' || most === '<=')
  return (
    isPair &&
    !canHold([
      { operator: least, limit: small.limit },
      { operator: most, limit: large.limit },
    ])
  )
}

const isSame = (a: Aggregate, b: Aggregate) => a.kind === b.kind && rankOf(a) === rankOf(b)

/** True when aggregate `small` is never above `large`, whatever is measured: a mean lies between min and max, and percentiles rise. */
function isAtMost(small: Aggregate, large: Aggregate): boolean {
  const isOfValues = ({ kind }: Aggregate) => kind !== 'count' && kind !== 'sum'
  if (small.kind === 'min' || large.kind === 'max') return isOfValues(small) && isOfValues(large)
  const [low, high] = [rankOf(small), rankOf(large)]
  return low !== undefined && high !== undefined && low <= high
}

function rankOf(aggregate: Aggregate): number | undefined {
  if (aggregate.kind === 'percentile') return aggregate.p
  return { min: 0, max: 100 }[aggregate.kind as string]
}
