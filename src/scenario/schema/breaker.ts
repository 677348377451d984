/** The schema of `target.circuitBreaker`: how burn stops sending when most attempts at a target fail. */
import * as z from 'zod'
import { lateObject, percent, positiveDuration, whole } from '../../fields.ts'

/**
 * The schema of the `circuitBreaker` block of a target: the fraction of failed attempts above which burn pauses the load on this target or ends the
 * run.
 */
export const breakerSchema = lateObject(() => ({
  errors: percent().describe(
    'The breaker opens when more than this share of the attempts failed, such as 50%; with 100%, when all failed',
  ),
  over: positiveDuration().default(10_000).describe('Length of time over which attempts are counted'),
  min: whole(1, 1_000_000).default(20).describe('Smallest number of attempts in that time with which the breaker can open'),
  pause: positiveDuration()
    .optional()
    .describe(
      'How long nothing is sent to the target after the breaker opened. Then one attempt is sent alone; when it is ok, all go on. Default 30s. The wait is in queue_wait and response_time',
    ),
  do: z.literal('stop').optional().describe('stop: end the run as failed, instead of pausing'),
}))
  .refine((breaker) => breaker.pause === undefined || breaker.do === undefined, {
    path: ['do'],
    message: 'a breaker either pauses or stops the run',
  })
  .describe('Sends nothing for a while, or ends the run, when most attempts fail')
