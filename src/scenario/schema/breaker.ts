/** The schema of `target.circuitBreaker`: how burn stops sending when most attempts at a target fail. */
import * as z from 'zod'
import { lateObject, percent, positiveDuration, whole } from '../../fields.ts'

/** The schema of the `circuitBreaker` block of a target. */
export const breakerSchema = lateObject(() => ({
  errors: percent().describe('Opens when more than this share of the attempts failed, such as 50%; 100%: when all did'),
  over: positiveDuration().default(10_000).describe('Stretch of time in which attempts are counted'),
  min: whole(1, 1_000_000).default(20).describe('Fewest attempts of that stretch from which anything follows'),
  pause: positiveDuration()
    .optional()
    .describe(
      'How long nothing is sent to the target then; after it one attempt goes alone, and when it is ok, all go on. Default 30s. The wait is in queue_wait and response_time',
    ),
  do: z.literal('stop').optional().describe('stop: end the run instead of pausing; it has failed then'),
}))
  .refine((breaker) => breaker.pause === undefined || breaker.do === undefined, {
    path: ['do'],
    message: 'a breaker either pauses or stops the run',
  })
  .describe('Sends nothing for a while, or ends the run, when most attempts fail')

/** The `circuitBreaker` block of a target, after validation. */
export type BreakerBlock = z.output<typeof breakerSchema>
