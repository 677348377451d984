/** The schema of `onError:`: what a user does after a failed attempt. */
import * as z from 'zod'
import { duration, lateObject, percent, whole } from '../../fields.ts'

const action = z
  .enum(['skip', 'abort', 'stop', 'retry'])
  .describe(
    'skip: go on with the next step; abort: end this iteration; stop: end the run, which has failed then; retry: try again, then skip',
  )

const retrySchema = lateObject(() => ({
  max: whole(0, 100).optional().describe('Largest number of retries; each is counted as an attempt of its own (default 3)'),
  delay: duration().optional().describe('Wait before the first retry (default 1s)'),
  multiplier: z.number().min(1).max(10).optional().describe('Factor from one wait to the next (default 1.5)'),
  maxDelay: duration().optional().describe('Longest wait (default 30s)'),
  jitter: z
    .boolean()
    .optional()
    .describe('Draw each wait between zero and its length, so that users do not retry together (default true)'),
  retryAfter: z
    .boolean()
    .optional()
    .describe('Wait as long as the target asks (Retry-After, or the body of a Gemini error), up to maxDelay (default true)'),
  budget: percent()
    .optional()
    .describe(
      'Largest number of retries per first attempt at the target, such as 20%, so that retries cannot double the load of a failing target; those of 100 attempts can be saved up. Default: no limit',
    ),
})).describe('How to retry; settings that are left out come from the onError around it, then from that of the scenario')

const errorCode = z.union([z.string(), z.int()])

const rule = lateObject(() => ({
  status: z
    .union([whole(100, 599), z.array(whole(100, 599)).min(1)])
    .optional()
    .describe('HTTP statuses it applies to'),
  class: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe(
      'Failure classes it applies to, such as refused or grpc_UNAVAILABLE; insufficient_quota, which ends the run unless a rule says otherwise',
    ),
  code: z
    .union([errorCode, z.array(errorCode).min(1)])
    .optional()
    .describe(
      'Codes it applies to: a gRPC status such as UNAVAILABLE, the code with which a WebSocket was closed such as 1013, an MQTT reason such as server_busy, each also as its number, or the code in an error of the API such as overloaded_error',
    ),
  do: action,
  retry: retrySchema.optional(),
}))
  .refine((r) => (r.status ?? r.class ?? r.code) !== undefined, 'a rule needs status, code or class')
  .refine((r) => r.retry === undefined || r.do === 'retry', { path: ['retry'], message: 'retry belongs to do: retry' })

/** The schema of `onError`, which says what a user does after a failed attempt: one action, or a block with retries and rules. */
export const onErrorSchema = z
  .union([
    action.transform((word) => ({ default: word, retry: undefined, rules: undefined })),
    lateObject(() => ({
      default: action.default('skip'),
      retry: retrySchema.optional(),
      rules: z.array(rule).max(50).optional().describe('Special cases; the first rule that fits is used'),
    })).refine((o) => o.retry === undefined || o.default === 'retry' || o.rules?.some((r) => r.do === 'retry'), {
      path: ['retry'],
      message: 'nothing is tried again here: add default: retry, or a rule with do: retry',
    }),
  ])
  .describe('What a user does after a failed attempt; by default nothing is retried')

/** The key `onError` of a scenario or step, after validation: what a user does after a failed attempt. */
export type OnError = z.output<typeof onErrorSchema>
/** The `retry` block of `onError`, after validation: how often, and after which waits, a failed attempt is repeated. */
export type RetryBlock = z.output<typeof retrySchema>
/**
 * The settings for retries that apply to a failed attempt: the `retry` block of `onError` or of one of its rules, with missing keys filled in from
 * the `onError` around it, that of the scenario, and the defaults.
 */
export type RetryPolicy = { readonly [K in keyof Omit<RetryBlock, 'budget'>]-?: NonNullable<RetryBlock[K]> } & {
  /** Largest number of retries per first attempt at a target, such as 0.2; undefined for no limit. */
  readonly budget?: number | undefined
}
