import * as z from 'zod'
import { duration, whole } from '../../fields.ts'
import { defineFault } from '../form/kind.ts'

const code = () => whole(400, 599)

/**
 * The fault `{ status: [500, 429], retryAfter: 2s, probability: 1% }`: sends nothing and fails the attempt as if the target had answered with one of
 * these statuses, drawn at random.
 */
export const status = defineFault({
  key: 'status',
  describe: 'The attempt fails as if the target had answered with this status; nothing is sent',
  blamed: true,
  fields: () => ({
    status: z
      .union([code().transform((one) => [one]), z.array(code()).min(1).max(20)])
      .describe('The status, or several, of which each is as likely; 429 drives retries and onRateLimit'),
    retryAfter: duration().optional().describe('The wait that the answer asks for, as Retry-After does'),
  }),
  build:
    ({ status: codes, retryAfter }) =>
    (random) => ({ does: 'answer', status: codes[random.int(0, codes.length - 1)] ?? 500, retryAfterMs: retryAfter }),
})
