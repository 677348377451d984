/** The schema of `target.rateLimit`: a limit that burn keeps to by itself. */
import * as z from 'zod'
import { lateObject, rate, whole } from '../../fields.ts'

/** The schema of the `rateLimit` block of a target: how many requests and tokens burn sends to it at most in a given time. */
export const rateLimitSchema = lateObject(() => ({
  requests: rate().optional().describe('Requests that may be sent in a time, such as 10/s'),
  burst: whole(1, 1_000_000)
    .optional()
    .describe(
      'Requests that may be sent at once after a pause; on average there are never more than the rate allows. Default 1: evenly spaced',
    ),
  tokens: rate()
    .optional()
    .describe(
      'Tokens, input and output, that may be used in a time, such as 90000/min. When a request is sent, the mean of the replies so far is taken (a full bucket before the first reply), and corrected once its usage is known',
    ),
  tokenBurst: whole(1, 1_000_000_000)
    .optional()
    .describe('Tokens that may be used at once after a pause. Default: those of one second'),
  scope: z
    .enum(['target', 'user'])
    .default('target')
    .describe('target: all users of this process share the limit, first come, first served; user: each user has its own'),
  whenFull: z
    .enum(['wait', 'drop', 'error'])
    .default('wait')
    .describe(
      'wait: the request waits its turn (in queue_wait and response_time, not in lag); drop: it is counted as dropped; error: it fails as local_rate_limit, which is no error of the target',
    ),
}))
  .refine((limit) => (limit.requests ?? limit.tokens) !== undefined, 'rateLimit needs requests or tokens')
  .refine((limit) => limit.burst === undefined || limit.requests !== undefined, {
    path: ['burst'],
    message: 'burst belongs to requests',
  })
  .refine((limit) => limit.tokenBurst === undefined || limit.tokens !== undefined, {
    path: ['tokenBurst'],
    message: 'tokenBurst belongs to tokens',
  })
  .describe('Rate limit that burn itself keeps to; retries count as well')
