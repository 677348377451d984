/** The `thresholds` of a scenario: conditions on the whole run, or on each time window of it. */
import * as z from 'zod'
import { duration, lateObject, positiveDuration, whole } from '../../fields.ts'
import { UNCERTAINTY } from '../../statistics/certified.ts'
import { formatMs } from '../../text/units.ts'
import { whyNeverCertain } from './expression/certain.ts'
import type { ThresholdExpression } from './expression/expression.ts'
import { parseThreshold } from './expression/parse.ts'

export { type AlertRule, alertSchema } from './alert.ts'
export type { ParsedThreshold, ThresholdExpression, ThresholdProblem } from './expression/expression.ts'
export { parseStored, parseThreshold } from './expression/parse.ts'
export { checkThresholdTags, type KnownTags, selectorKey } from './expression/tags.ts'

/** A threshold after parsing, with its options, such as a time window; missing options have their defaults. */
export interface Threshold extends ThresholdExpression {
  /** The name in results, the same in every run: the threshold's text, and its window if it has one. */
  readonly name: string
  /** Length of the sliding window in which the threshold must hold, in ms; undefined for a threshold on the whole run. */
  readonly windowMs: number | undefined
  /** True to end the run as soon as the threshold fails. */
  readonly abort: boolean
  /**
   * Start of evaluation in ms since the run began. With a window, earlier samples are ignored; without one, the threshold cannot abort the run
   * before.
   */
  readonly afterMs: number
  /** Smallest number of samples with which the threshold is evaluated. */
  readonly minSamples: number
  /** Outcome of the threshold when it has too few samples: it fails, passes, or is skipped. */
  readonly onMissing: 'fail' | 'pass' | 'skip'
  readonly severity: 'fail' | 'warn'
  /** Largest probability with which the threshold may pass wrongly (option `certain`); undefined when only the samples have to meet it. */
  readonly uncertainty: number | undefined
}

/** Longest time window of a threshold, in ms, because every second of a window is kept. */
const MAX_WINDOW_MS = 3_600_000

const expression = z
  .string('expected a threshold such as "ttft p95 < 800ms"')
  .transform((text, context): ThresholdExpression => {
    const parsed = parseThreshold(text)
    if (parsed.ok) return parsed.threshold
    const { message, hint, offset, length } = parsed
    context.addIssue({
      code: 'custom',
      message: hint === undefined ? message : `${message}; ${hint}`,
      params: { message, hint, offset, length },
    })
    return z.NEVER
  })
  .describe('<metric>[{tag=value}] [aggregate] <operator> <value><unit>, such as response_time{step=open} p99 < 3s')

const long = lateObject(() => ({
  threshold: expression,
  window: positiveDuration()
    .refine((ms) => ms <= MAX_WINDOW_MS, 'a window is at most 1h')
    .optional()
    .describe('Judge every stretch of this length, second by second; the worst one counts'),
  abort: z.boolean().default(false).describe('End the run as soon as it fails'),
  after: duration()
    .optional()
    .describe('With a window: leave out what happens earlier in the run. Without one: do not abort earlier'),
  min_samples: whole(1, 1_000_000_000)
    .optional()
    .describe('Samples that are needed before it is judged. A window with fewer is passed over'),
  on_missing: z
    .enum(['fail', 'pass', 'skip'])
    .default('fail')
    .describe('Outcome at the end of the run when there are no samples, or fewer than min_samples'),
  severity: z.enum(['fail', 'warn']).default('fail').describe('warn: shown, but the exit code stays as it is'),
  certain: z
    .boolean()
    .default(false)
    .describe('For a percentile: it must hold with 99 % confidence, and not only for the samples; undecided is a failure'),
}))
  .refine((t) => !(t.abort && t.severity === 'warn'), {
    message: 'abort ends the run, so severity cannot be warn',
    path: ['severity'],
  })
  .superRefine(({ certain, threshold, window }, context) => {
    const message = certain ? whyNeverCertain(threshold, window) : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: ['certain'] })
  })
  .describe('A threshold with options')

/**
 * The schema of one item of `thresholds` in a scenario; its output is a `Threshold`. The `params` of a schema error say which part of the text is
 * wrong.
 */
export const thresholdSchema = z
  .union([
    expression.transform((parsed) => complete(parsed)),
    long.transform(({ threshold, ...options }) => complete(threshold, options)),
  ])
  .describe('A threshold: one line of text, or an object with options')

type Options = Partial<Omit<z.output<typeof long>, 'threshold'>>

/** Completes a threshold: joins a parsed expression and its options, and fills in the defaults of missing options. */
export function complete(parsed: ThresholdExpression, options: Options = {}): Threshold {
  return {
    ...parsed,
    name: options.window === undefined ? parsed.text : `${parsed.text} over ${formatMs(options.window)}`,
    windowMs: options.window,
    abort: options.abort ?? false,
    afterMs: options.after ?? 0,
    minSamples: options.min_samples ?? 1,
    onMissing: options.on_missing ?? 'fail',
    severity: options.severity ?? 'fail',
    uncertainty: options.certain ? UNCERTAINTY : undefined,
  }
}

/**
 * Returns the thresholds of a scenario, and makes those stricter that must be met with statistical confidence (option `certain`). They share the
 * allowed probability of error, so that all of them together are wrong no more often than a single one would be (Bonferroni).
 */
export function jointlyCertain(thresholds: readonly Threshold[]): Threshold[] {
  const asking = thresholds.filter(({ uncertainty }) => uncertainty !== undefined).length
  return thresholds.map((one) => (one.uncertainty === undefined ? one : { ...one, uncertainty: UNCERTAINTY / asking }))
}
