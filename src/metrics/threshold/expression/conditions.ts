/** Conditions on one number, such as `< 800` and `!= 5`: whether any number meets all of them. */
import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition } from '../../groups/catalogue.ts'
import { holds, type Operator } from './limit.ts'

/** A comparison of a number with a limit. */
export interface NumberCondition {
  readonly operator: Operator
  readonly limit: number
}

/** The numbers that something can be; without bounds, any number. */
export interface Numbers {
  readonly least?: number
  readonly most?: number
  /** True when they have no fraction. */
  readonly whole?: boolean
  /** True when 0 is not among them. */
  readonly positive?: boolean
}

const OPPOSITES = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const satisfies Record<
  Operator,
  Operator
>

/** Times that no attempt and no connection can have without a moment passing; waits and gaps between pieces, in contrast, are often 0. */
const TAKES_TIME: ReadonlySet<string> = new Set<string>([
  'response_time',
  'service_time',
  'ttfb',
  'ttft',
  'ttfo',
  'e2e',
  'connect_time',
])

/** Returns the numbers that a metric can have in this unit. `average` is true when they are means, which may have a fraction in any unit. */
export function numbersOf({ name }: MetricDefinition, unit: MetricUnit, average = false): Numbers {
  if (unit === 'ratio') return { least: 0, most: 1 }
  const whole = !average && (unit === 'count' || unit === 'bytes' || unit === 'tokens')
  return { least: 0, whole, positive: unit === 'ms' && TAKES_TIME.has(name) }
}

/** True when one of `numbers` meets all conditions. */
export function canHold(conditions: readonly NumberCondition[], numbers: Numbers = {}): boolean {
  const around = numbersAround(
    conditions.map(({ limit }) => limit),
    numbers,
  )
  return around.some((x) => conditions.every(({ operator, limit }) => holds(x, operator, limit)))
}

/** Returns some of `numbers`: each limit, and one between and beside them. If any number meets conditions with these limits, one of them does. */
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

/** Returns why a condition always holds (`ratio <= 1`) or never does (`count < 0`), whatever is measured; undefined when it can do both. */
export function tautology(condition: NumberCondition, numbers: Numbers): string | undefined {
  const opposite = { operator: OPPOSITES[condition.operator], limit: condition.limit }
  // `> 0ms` may be asked: it says that there is a value.
  return canHold([opposite], { ...numbers, positive: false }) ? impossible(condition, numbers) : 'this holds whatever is measured'
}

/** Returns why none of `numbers` meets a condition (`count == 1.5`, `ratio > 1`); undefined when one does. */
export function impossible(condition: NumberCondition, numbers: Numbers): string | undefined {
  if (canHold([condition], numbers)) return undefined
  const fraction = numbers.whole && !Number.isInteger(condition.limit)
  return fraction ? 'this can never hold, as it is a whole number' : 'this can never hold'
}
