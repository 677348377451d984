/** The `alerts` of a scenario: conditions that are evaluated while a run goes on. They are shown and stored, and do not affect the verdict. */
import * as z from 'zod'
import { parseDuration } from '../../text/units.ts'
import type { ThresholdExpression, ThresholdProblem } from './expression/expression.ts'
import type { Operator } from './expression/limit.ts'
import { parseThreshold } from './expression/parse.ts'

/** Length of an alert's time window when it names none, in ms; `LONGEST_MS` is the longest, because every second of a window is kept. */
const USUAL_MS = 10_000
const LONGEST_MS = 3_600_000

/**
 * A value that an alert can check and that is not a metric: attempts in flight, arrivals that wait for a user, or the fraction of the machine's
 * memory that burn uses.
 */
export type Gauge = 'in_flight' | 'queued' | 'memory'

/**
 * A condition on a metric or another value, such as attempts in flight. It is evaluated every second of a run, over a time window that ends then. An
 * alert lasts as long as the condition is met.
 */
export type AlertRule = {
  /** The alert as it is written in the scenario. */
  readonly text: string
  /** Length of the time window over which the alert is evaluated, in ms. */
  readonly windowMs: number
} & (
  | { readonly kind: 'metric'; readonly expression: ThresholdExpression }
  | { readonly kind: 'gauge'; readonly gauge: Gauge; readonly operator: Operator; readonly limit: number }
)

const WINDOW = /^(.*\S)\s+in\s+(\S+)$/s
const GAUGE = /^\s*(in_flight|queued|memory)(?:\s+max)?\s*(>=|>|<=|<)\s*(\d+(?:\.\d+)?)\s*(%?)$/
const GAUGE_NAME = /^\s*(in_flight|queued|memory)(?!\w)/

/** The schema of one item of `alerts` in a scenario; its output is an `AlertRule`. */
export const alertSchema = z
  .string('expected an alert such as "errors ratio > 5% in 5m"')
  .transform((text, context): AlertRule => {
    const rule = readAlert(text.trimEnd())
    if (!('message' in rule)) return rule
    const { message, hint } = rule
    context.addIssue({ code: 'custom', message: hint === undefined ? message : `${message}; ${hint}`, params: { ...rule } })
    return z.NEVER
  })
  .describe(
    '<condition> [in <time>], such as "errors ratio > 5% in 5m", "response_time p99 > 30s in 1m", "in_flight max > 100", "queued > 50" or "memory > 80%" (of this machine, by burn). Conditions are written as thresholds, with tags such as errors{step=pay}; the time is 10s unless it is given',
  )

/** Parses the text of an alert. Returns the rule, or what is wrong with the text. */
function readAlert(text: string): AlertRule | ThresholdProblem {
  const [, condition = text, window] = WINDOW.exec(text) ?? []
  const windowMs = window === undefined ? USUAL_MS : parseDuration(window)
  const atWindow = { offset: text.length - (window?.length ?? 0), length: window?.length ?? 0 }
  if (windowMs === undefined)
    return { message: `expected a time after "in", such as 30s or 5m, got "${window?.slice(0, 40)}"`, ...atWindow }
  if (windowMs < 1000 || windowMs > LONGEST_MS) return { message: 'an alert looks at 1s to 1h', ...atWindow }
  return readGauge(text, condition, windowMs) ?? readMetric(text, condition, windowMs)
}

/** Reads a condition on a gauge; undefined for one on a metric. */
function readGauge(text: string, condition: string, windowMs: number): AlertRule | ThresholdProblem | undefined {
  const at = { offset: 0, length: condition.length }
  const [, gauge, operator, number, percent] = GAUGE.exec(condition) ?? []
  if (gauge !== undefined) {
    if ((gauge === 'memory') !== (percent === '%'))
      return { message: gauge === 'memory' ? 'memory needs a limit in %' : `${gauge} is a number, without %`, ...at }
    const limit = percent === '%' ? Number(number) / 100 : Number(number)
    // The pattern has matched both parts.
    return { text: text.trim(), windowMs, kind: 'gauge', gauge: gauge as Gauge, operator: operator as Operator, limit }
  }
  const [before = '', named] = GAUGE_NAME.exec(condition) ?? []
  if (named === undefined) return undefined
  if (condition.startsWith('{', before.length)) return { message: `${named} is of the whole run, without tags`, ...at }
  const example = `${named} > ${named === 'memory' ? '80%' : '100'}`
  return { message: `${named} has no aggregate but max, and a limit of 0 or more, such as: ${example}`, ...at }
}

/** Reads a condition on a metric. When the metric is unknown, the list of metrics in the hint also names what else an alert can watch. */
function readMetric(text: string, condition: string, windowMs: number): AlertRule | ThresholdProblem {
  const parsed = parseThreshold(condition)
  if (!parsed.ok) {
    const { message, hint, offset, length } = parsed
    const all = hint?.startsWith('metrics: ') ? `${hint}, in_flight, queued, memory` : hint
    return { message, offset, length, ...(all === undefined ? {} : { hint: all }) }
  }
  const { name } = parsed.threshold.metric
  const isLate = name === 'judge_score' || name === 'judge_passed'
  const at = { offset: 0, length: name.length }
  if (isLate) return { message: `${name} is known only after the load`, hint: 'write a threshold on it', ...at }
  return { text: text.trim(), windowMs, kind: 'metric', expression: parsed.threshold }
}
