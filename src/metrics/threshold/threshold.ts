/** `thresholds:` of a scenario: conditions on the whole run, or on each window of it. */
import * as z from 'zod'
import { duration, positiveDuration, whole } from '../../fields.ts'
import { formatMs } from '../../text/units.ts'
import type { ThresholdExpression } from './expression/expression.ts'
import { parseThreshold } from './expression/parse.ts'

export type { ParsedThreshold, ThresholdExpression, ThresholdProblem } from './expression/expression.ts'
export { parseThreshold } from './expression/parse.ts'
export { checkThresholdTags, type KnownTags, selectorKey } from './expression/tags.ts'

/** A threshold with all options that decide how it is evaluated. */
export interface Threshold extends ThresholdExpression {
  /** Unique, stable name: the expression, and the window when there is one. */
  readonly name: string
  /** Length of the sliding window, in ms; undefined to evaluate the run as a whole. */
  readonly windowMs: number | undefined
  /** End the run as soon as it fails. */
  readonly abort: boolean
  /** ms since the run began. With a window, earlier samples are ignored; without one, the threshold ends no run earlier. */
  readonly afterMs: number
  /** Samples that are needed before it is evaluated. */
  readonly minSamples: number
  /** What too few samples mean. */
  readonly onMissing: 'fail' | 'pass' | 'skip'
  readonly severity: 'fail' | 'warn'
}

/** Longest window: every second of it is kept. */
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

const long = z
  .strictObject({
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
      .describe('What no samples, or fewer than min_samples, mean in the end'),
    severity: z.enum(['fail', 'warn']).default('fail').describe('warn: shown, but the exit code stays as it is'),
  })
  .refine((t) => !(t.abort && t.severity === 'warn'), {
    message: 'abort ends the run, so severity cannot be warn',
    path: ['severity'],
  })
  .describe('A threshold with options')

/** The schema of one entry of `thresholds`; gives a `Threshold`. `params` of its issues are `{message, hint, offset, length}`, a place in the text. */
export const thresholdSchema = z
  .union([
    expression.transform((parsed) => complete(parsed)),
    long.transform(({ threshold, ...options }) => complete(threshold, options)),
  ])
  .describe('A threshold: one line of text, or an object with options')

type Options = Partial<Omit<z.output<typeof long>, 'threshold'>>

/** Returns the threshold of a parsed expression and its options, with defaults filled in. */
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
  }
}
