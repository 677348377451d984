import * as z from 'zod'

/** The schema of the outcome of one health check (`health:`) in a result: how often it succeeded during the run, and when it did not. */
export const healthSchema = z
  .object({
    name: z.string().describe('Name of the check'),
    url: z.string().describe('Address that was asked, without query'),
    before: z
      .object({
        ok: z.boolean().describe('Whether the answer was as expected'),
        error: z.string().nullable().describe('What was wrong with it; null for nothing'),
        ms: z.number().describe('How long it took, in ms'),
      })
      .nullable()
      .describe('The check before the load; null when there was none'),
    checks: z
      .number()
      .describe(
        'Checks that were made during the load and came to an end; with those in `dropped` in results that have no such field',
      ),
    ok: z.number().describe('Checks with the expected answer'),
    failed: z.number().describe('Checks without the expected answer'),
    dropped: z.number().describe('Checks that were due while the one before was awaited, and were not made').exactOptional(),
    cut: z.number().describe('Checks that a signal or the end of burn cut short: they say nothing of the target').exactOptional(),
    availability: z
      .number()
      .nullable()
      .describe(
        'Moments when a check was due and the target well ÷ moments when one was due, 0 to 1; those while a check was awaited count as that one ended. Null without checks',
      ),
    error: z.string().nullable().describe('The last failure; null without one'),
    outages: z
      .array(
        z.object({
          fromMs: z.number().describe('When the first check that failed was sent, in ms since the run began'),
          untilMs: z
            .number()
            .nullable()
            .describe('When the first one that succeeded again was answered, at most the end of the load; null when none did'),
          error: z.string().describe('The first failure'),
        }),
      )
      .describe('Stretches of failed checks, at most 100'),
    outageCount: z.number().describe('Number of outages, unlisted ones included'),
    longestOutageMs: z
      .number()
      .nullable()
      .describe(
        'Length of the longest outage, in ms; one that did not end counts until the last check was over, at most until the end of the load; null without any',
      ),
    response: z
      .object({
        count: z.number().describe('Number of values'),
        min: z.number().describe('Smallest'),
        mean: z.number().describe('Mean'),
        max: z.number().describe('Largest'),
        p95: z.number().describe('95th percentile of the values'),
      })
      .nullable()
      .describe('How long answers as expected took, in ms; null without any'),
    series: z
      .array(
        z.object({
          t: z.number().describe('In ms since the run began'),
          values: z.record(z.string(), z.number()).describe('`up`: 1 or 0; `response_ms`, when it was up'),
        }),
      )
      .describe('The checks over time, at most 1,200 rows'),
  })
  .meta({ id: 'healthCheck', description: 'What one health check of the target found' })
