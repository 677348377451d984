/** Parts of a result about the anomalies of a run. */
import * as z from 'zod'
import { metricUnitSchema } from './distribution.ts'
import { number, numberOrNull, text } from './fields.ts'

/** The schema, in `result.json`, of the numbers of anomalies in a run, by their kind. */
export const anomalyCountsSchema = z.object({
  failed: number('Attempts that failed, those that an injected fault or `rateLimit` made fail left out'),
  slow: number(
    'Ok attempts that stand out from the others of their step in ttft or tpot, or in service_time without tokens: a robust z of the logarithm above 3.5, twice the median, and 200 ms over it',
  ),
  repeated: number('Replies to messages that begin as the one before in the same conversation did, for 100 characters'),
  stalled: number('Ok attempts with a silence of more than 2 s and ten times the median gap').exactOptional(),
  empty: number('Ok replies to messages in which nothing was generated').exactOptional(),
  costly: number('Ok attempts with more than five times the median output tokens of their step').exactOptional(),
  loops: number(
    'Replies to messages that are a loop, of those whose quality was measured; left out with `quality: false`',
  ).exactOptional(),
  truncated: number('Replies to messages that were cut off, of those whose quality was measured').exactOptional(),
  refusals: number('Replies to messages that refuse to answer, of those whose quality was measured').exactOptional(),
  bursts: number(
    'Times when more attempts failed in a row (3; 5 above 5 % errors), or within 10 s or one second, than the error rate makes likely',
  ).exactOptional(),
  drifts: number(
    'Phases of even load in which a latency rose or fell by more than 20 %, with a trend (Kendall, p < 0.01)',
  ).exactOptional(),
})

/**
 * The schema, in `result.json`, of a group of anomalies of one kind (such as `slow`) in one step, target or phase. The group names its worst cases.
 */
export const anomalyGroupSchema = z
  .object({
    kind: z.enum(['slow', 'stalled', 'costly', 'burst', 'drift']).describe('Kind of the anomaly'),
    step: text('Name of the step; of the target for a burst, of the phase for a drift'),
    metric: text('Metric in which it stands out'),
    unit: metricUnitSchema.describe('Unit of median, limit and value'),
    count: number('Number of these anomalies'),
    median: numberOrNull('Typical value; null where there is none'),
    limit: number('Value above which an attempt is an anomaly'),
    samples: number(
      'Number of values from which the limit was computed; left out where it does not come from values',
    ).exactOptional(),
    worst: z
      .array(
        z.object({
          value: number('Its value: of a burst the failures, of a drift the change (0.3: 30 % more)'),
          user: number('Number of the user').exactOptional(),
          iteration: number('Number of the iteration').exactOptional(),
          attempt: number('1 for the first try, more for retries').exactOptional(),
          endedAtMs: number('When it ended, in ms since the run began'),
        }),
      )
      .describe('The worst of them, at most five, the largest value first'),
  })
  .meta({ id: 'anomaly', description: 'Anomalies of one kind in one place' })
