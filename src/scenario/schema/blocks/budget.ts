/** The schema of `budget:`: limits on what a whole run may use. */
import * as z from 'zod'
import { amount, lateObject, positiveDuration } from '../../../fields.ts'

/** The schema of the `budget` block of a scenario. */
export const budgetSchema = lateObject(() => ({
  cost: z.number().positive().optional().describe('Money, in the currency of the prices; as --max-cost'),
  tokens: amount().optional().describe('Tokens, input and output, such as 1M'),
  requests: amount().optional().describe('Requests, retries included, such as 100k'),
  time: positiveDuration().optional().describe('Time of the load; what is in flight then may finish (graceful)'),
}))
  .refine((budget) => Object.values(budget).some((value) => value !== undefined), 'budget needs cost, tokens, requests or time')
  .describe(
    'What the run may use up in all, warm-ups included, setup and teardown not. Before it would be exceeded the run ends, as failed: each request in flight, and the next one, is taken to need as much as the mean of those before',
  )

/** The `budget` block of a scenario, after validation. */
export type RunBudgetBlock = z.output<typeof budgetSchema>
