/** `alerts:`: conditions that are looked at while a run goes on. They are shown and stored, and decide nothing. */
import * as z from 'zod'
import { parseDuration } from '../../text/units.ts'
import type { ThresholdExpression } from './expression/expression.ts'
import type { Operator } from './expression/limit.ts'
import { parseThreshold } from './expression/parse.ts'

/** Window of an alert that names none, and the longest, in ms: every second of it is kept. */
const USUAL_MS = 10_000
const LONGEST_MS = 3_600_000

/** What an alert can watch beside metrics: attempts in flight, arrivals that wait for a user, and burn's own memory as a share of the machine's. */
export type Gauge = 'in_flight' | 'queued' | 'memory'

/** A condition to look at every second; it is an alert while it holds. */
export type AlertRule = {
  /** As it is written in the scenario. */
  readonly text: string
  /** The stretch of time that it looks at, in ms. */
  readonly windowMs: number
} & (
  | { readonly kind: 'metric'; readonly expression: ThresholdExpression }
  | { readonly kind: 'gauge'; readonly gauge: Gauge; readonly operator: Operator; readonly limit: number }
)

const WINDOW = /^(.*\S)\s+in\s+(\S+)$/s
const GAUGE = /^(in_flight|queued|memory)(?:\s+max)?\s*(>=|>|<=|<)\s*(\d+(?:\.\d+)?)\s*(%?)$/
const GAUGE_NAME = /^(?:in_flight|queued|memory)(?![\w])/

/** The schema of one entry of `alerts`; its output is an `AlertRule`. */
export const alertSchema = z
  .string('expected an alert such as "errors ratio > 5% in 5m"')
  .transform((text, context): AlertRule => {
    const rule = readAlert(text.trim())
    if (typeof rule !== 'string') return rule
    context.addIssue({ code: 'custom', message: rule })
    return z.NEVER
  })
  .describe(
    '<condition> [in <time>], such as "errors ratio > 5% in 5m", "response_time p99 > 30s in 1m", "in_flight max > 100", "queued > 50" or "memory > 80%" (of this machine, by burn). Conditions are written as thresholds, without tags; the time is 10s unless it is given',
  )

/** What is wrong with a condition. A list of the metrics names what an alert can watch beside them, too. */
function refusal({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  if (hint === undefined) return message
  return `${message}; ${hint}${hint.startsWith('metrics: ') ? ', in_flight, queued, memory' : ''}`
}

/** The alert in a text, or what is wrong with it. */
function readAlert(text: string): AlertRule | string {
  const [, condition = text, window] = WINDOW.exec(text) ?? []
  const windowMs = window === undefined ? USUAL_MS : parseDuration(window)
  if (windowMs === undefined) return `expected a time after "in", such as 30s or 5m, got "${window?.slice(0, 40)}"`
  if (windowMs < 1000 || windowMs > LONGEST_MS) return 'an alert looks at 1s to 1h'
  const [, gauge, operator, number, percent] = GAUGE.exec(condition) ?? []
  if (gauge !== undefined) {
    if ((gauge === 'memory') !== (percent === '%'))
      return gauge === 'memory' ? 'memory needs a limit in %' : `${gauge} is a number, without %`
    const limit = percent === '%' ? Number(number) / 100 : Number(number)
    // Both were matched by the pattern.
    return { text, windowMs, kind: 'gauge', gauge: gauge as Gauge, operator: operator as Operator, limit }
  }
  const [named] = GAUGE_NAME.exec(condition) ?? []
  if (named !== undefined)
    return `${named} has no aggregate but max, and a limit of 0 or more, such as: ${named} > ${named === 'memory' ? '80%' : '100'}`
  const parsed = parseThreshold(condition)
  if (!parsed.ok) return refusal(parsed)
  if (Object.keys(parsed.threshold.tags).length > 0)
    return 'an alert is about the whole run: write a threshold with a window for a part of it'
  const { name } = parsed.threshold.metric
  if (name === 'judge_score' || name === 'judge_passed') return `${name} is known only after the load: write a threshold on it`
  return { text, windowMs, kind: 'metric', expression: parsed.threshold }
}
