/** The schema of `budget:`: limits on what a whole run may use. */
import * as z from 'zod'
import { amount, lateObject, positiveDuration } from '../../../fields.ts'

/** The schema of the `budget` block of a scenario: limits on the cost, tokens, requests and time of a whole run. */
export const budgetSchema = lateObject(() => ({
  cost: z.number().positive().optional().describe('Largest cost, in the currency of the prices; as --max-cost'),
  tokens: amount().optional().describe('Largest number of tokens, input and output together, such as 1M'),
  requests: amount().optional().describe('Largest number of requests, retries included, such as 100k'),
  time: positiveDuration().optional().describe('Longest time of the load; attempts in flight may then finish (graceful)'),
}))
  .refine((budget) => Object.values(budget).some((value) => value !== undefined), 'budget needs cost, tokens, requests or time')
  .describe(
    'Limits on what the whole run may use, warm-ups included, setup and teardown not. The run ends as failed before it would exceed one; each request in flight, and the next one, is assumed to use the mean of the earlier ones',
  )
