/** The part of a result by which two runs are compared: its blocks. */
import * as z from 'zod'
import { number } from './fields.ts'

/**
 * The schema of a block in a result: one of the stretches of time of the measured phases, equally long but for the first and the last, with the
 * counts and latencies of the attempts that ended in it.
 */
export const blockSchema = z
  .object({
    atMs: number('Start of the block, in ms since the run began'),
    lengthMs: number('Length of the block, in ms'),
    ok: number('Attempts that succeeded'),
    failed: number('Attempts that failed, those that an injected fault or `rateLimit` made fail left out'),
    dropped: number('Attempts that were due and never started'),
    timeouts: number('Of those that failed, the ones that timed out'),
    checksHeld: number('Checks that held'),
    checksMade: number('Checks that were made'),
    outputTokens: number('Generated tokens'),
    okAfterFault: number(
      'Of those that succeeded, the ones after an injected failure of their iteration; left out for 0',
    ).exactOptional(),
    checksAfterFault: number(
      'Of those that held, the ones after an injected failure of their iteration; left out for 0',
    ).exactOptional(),
    histograms: z
      .record(z.string(), z.string())
      .describe('By name of metric: the latencies in µs, as HdrHistogram V2, compressed, base64'),
  })
  .meta({ id: 'block', description: 'A stretch of the measured phases' })
