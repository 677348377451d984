/** The schema of `stopWhen:`: rules that end a run before its load is over. */
import * as z from 'zod'
import { lateObject, percent, positiveDuration } from '../../../fields.ts'
import { findMetric } from '../../../metrics/groups/catalogue.ts'
import { readAggregate } from '../../../metrics/threshold/expression/aggregate.ts'

const mode = () =>
  z
    .enum(['enforce', 'monitor'])
    .default('enforce')
    .describe('enforce: the run ends; monitor: it goes on, and the result says when the rule was met')

const saturated = lateObject(() => ({
  when: z.literal('saturated').describe('Attempts in flight and their latency grow without end'),
  above: positiveDuration()
    .default(2500)
    .describe('Latency (ttft or, without tokens, response_time) up to which the rule is never met'),
  failing: z.boolean().default(false).describe('The rule is met only while a threshold fails with enough samples'),
  mode: mode(),
})).describe('The target handles less load than arrives: the run ends as failed')

/** The schema of the metric in a `settled` rule, such as `ttft p95`; its output is the metric and aggregate, as in a threshold. */
const metric = z
  .string()
  .transform((text, context) => {
    const [name = '', word = '', ...more] = text.trim().split(/\s+/)
    const found = findMetric(name)
    const aggregate = readAggregate(word)
    const isMeasured = found?.kind === 'distribution' && (found.source === 'attempt' || found.source === 'pooled')
    const p = aggregate?.kind === 'percentile' && aggregate.p > 0 && aggregate.p < 100 ? aggregate.p : undefined
    if (more.length === 0 && isMeasured && (p !== undefined || aggregate?.kind === 'avg'))
      return { text: `${name} ${word}`, metric: found, p }
    context.addIssue({
      code: 'custom',
      message: `expected a latency or size of attempts with a percentile or avg, such as "ttft p95", got ${JSON.stringify(text.slice(0, 40))}`,
    })
    return z.NEVER
  })
  .meta({ examples: ['ttft p95', 'response_time avg'] })

const settled = lateObject(() => ({
  when: z
    .literal('settled')
    .describe(
      'saturated: attempts in flight and their latency grow without end; settled: the metric is known well enough, so that more time would hardly change it',
    ),
  metric: metric
    .optional()
    .describe('Metric that must be known. Left out: the percentiles and means of the thresholds; without any, response_time p95'),
  ci: percent()
    .refine((share) => share > 0, 'must be above 0%: no interval is that narrow')
    .default(0.05)
    .describe('Half width of the 95 % confidence interval that is narrow enough, as a share of the value'),
  mode: mode(),
})).describe('The metric is known, and each threshold has enough samples: the run ends, and its thresholds decide')

const rule = z.union([
  z.enum(['saturated', 'settled']).transform((when) => (when === 'saturated' ? saturated : settled).parse({ when })),
  saturated,
  settled,
])

/** The schema of `stopWhen`, which says when to end the load early. It accepts one rule or a list of rules; its output is always a list. */
export const stopWhenSchema = z
  .union([rule.transform((one) => [one]), z.array(rule).min(1).max(10)])
  .describe(
    'When to end the load early, as evaluated in the measured phases: `saturated`, `settled` (in the last phase only), or several rules. The result says which rule ended the run, and with which figures',
  )

/**
 * A rule of `stopWhen` after validation. Such a rule ends the load early: when the target takes less load than arrives (`saturated`), or when a
 * metric is known precisely enough (`settled`). With `mode: monitor`, the result only says when it was met.
 */
export type StopRule = z.output<typeof rule>
