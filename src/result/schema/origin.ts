/** Parts of a result about where the load came from, where it went, and when. */
import * as z from 'zod'
import { distributionSchema } from './distribution.ts'
import { flag, number, numberOrNull, text } from './fields.ts'

export { healthSchema } from './beside/health.ts'
export { machineSchema } from './beside/machine.ts'

/** The schema, in `result.json`, of the environment in which a run took place: the machine, and the versions of burn and Node. */
export const environmentSchema = z.object({
  burn: text('Version of burn'),
  node: text('Version of Node'),
  os: text('Operating system'),
  cpus: number('Number of CPUs that burn could use'),
  hostname: text('Name of the machine'),
})

/** The schema, in `result.json`, of the rate limits that one target reported in its replies. */
export const rateLimitSummarySchema = z.object({
  replies: number('Replies that reported limits'),
  limitRequests: numberOrNull('Limit on requests, as the target spells it; null when it was never reported'),
  minRemainingRequests: numberOrNull('Fewest requests that were left at any time; null when it was never reported'),
  limitTokens: numberOrNull('Limit on tokens, as the target spells it; null when it was never reported'),
  minRemainingTokens: numberOrNull('Fewest tokens that were left at any time; null when it was never reported'),
  minRemainingInputTokens: number('Fewest input tokens that were left at any time; left out when never reported').exactOptional(),
  minRemainingOutputTokens: number(
    'Fewest output tokens that were left at any time; left out when never reported',
  ).exactOptional(),
  limited: number('Attempts that the target turned away'),
  lostMs: number('Time that users waited because of it, in ms: pauses (onRateLimit) and waits before retries').exactOptional(),
  maxRetryAfterMs: numberOrNull('Longest wait that it asked for, in ms; null when it asked for none'),
})

/** The schema, in `result.json`, of the effect of the scenario's `rateLimit` on one target: how many attempts it delayed or refused. */
export const limiterSummarySchema = z.object({
  granted: number('Requests that it let through; copies that `faults` sends included'),
  waited: number('Of these, the ones that had to wait'),
  gaveUp: number('Attempts whose wait the end of the run, or of their iteration, ended'),
  dropped: number('Attempts that were dropped (`whenFull: drop`)'),
  refused: number('Attempts that failed as local_rate_limit (`whenFull: error`)'),
  waitTime: distributionSchema.exactOptional().describe('How long those waited, in ms; left out when none did'),
  tokensEstimated: number(
    'Tokens that were taken before the requests, by estimate; left out without a limit on tokens',
  ).exactOptional(),
  tokensUsed: number('Tokens that the same requests used').exactOptional(),
})

/** The schema, in `result.json`, of the activity of one target's circuit breaker: when it opened and closed, and how long attempts waited for it. */
export const breakerSummarySchema = z.object({
  state: z.enum(['closed', 'open', 'half-open']).describe('`closed`: attempts are sent as usual'),
  opened: number('How often it opened'),
  held: number('Attempts that had to wait for it'),
  heldMs: number('How long those waited in all, in ms'),
  transitions: z
    .array(
      z.object({
        atMs: number('When, in ms since the run began'),
        state: z.enum(['closed', 'open', 'half-open']).describe('The new state'),
        failed: number('Attempts that had failed, of those that ended'),
        ended: number('Attempts that had ended in the stretch; 1 for a probe'),
      }),
    )
    .describe('Its changes, at most 1000'),
})

/** The schema, in `result.json`, of the facts about one target, such as its address and protocol. */
export const targetSchema = z.object({
  name: text('Name of the target'),
  url: text('Address, secrets removed'),
  protocol: text('Protocol, such as `http` or `websocket`'),
  dialect: z.string().nullable().describe('Format of the replies; null when none is known'),
  client: z
    .string()
    .exactOptional()
    .describe(
      'What carried the requests: `burn` (its own HTTP/1.1 client), `undici` or `node:http2`; left out by other protocols',
    ),
  proxy: z
    .string()
    .exactOptional()
    .describe('Proxy that the connections went through, without credentials; left out without one'),
  insecureTls: flag('Certificates were not checked'),
  builds: z
    .record(z.string(), z.array(z.string()))
    .exactOptional()
    .describe(
      'What reply headers state about the server and its build (`server`, `x-version`, `x-build`, `x-commit` and the like), up to five values of each; left out without any',
    ),
  rateLimits: rateLimitSummarySchema
    .exactOptional()
    .describe('Rate limits that the target reported; left out when it reported none'),
  breaker: breakerSummarySchema.exactOptional().describe('What `circuitBreaker` did; left out when it never opened'),
  limiter: limiterSummarySchema
    .exactOptional()
    .describe('What `rateLimit` of the scenario did, warm-ups included; left out without it'),
})

/** The schema, in `result.json`, of one row of the timeline: a second of the run, or several seconds of a long run. */
export const timelineRowSchema = z.object({
  atMs: number('Start of the row, in ms since the run began'),
  lengthMs: number('Length of the row, in ms'),
  phase: text('Phase of the load'),
  started: number('Attempts that were started'),
  ok: number('Attempts that succeeded'),
  failed: number('Attempts that failed, those that an injected fault or `rateLimit` made fail left out'),
  injected: number('Attempts that an injected fault made fail; left out when there are none').exactOptional(),
  refused: number('Attempts that `rateLimit` of the scenario made fail, unsent; left out when there are none').exactOptional(),
  cut: number('Attempts that were cut off'),
  dropped: number('Attempts that were due and never started'),
  users: number('Busy users'),
  inFlight: number('Attempts in flight, the mean over time'),
  peakInFlight: number('Most attempts in flight at once'),
  outputTokens: number('Generated tokens of the attempts that ended in this row'),
  lagMs: number('How late burn itself started the latest attempt of the row, in ms; left out by older versions').exactOptional(),
  latencies: z
    .record(
      z.string(),
      z.object({
        p50: number('Median'),
        p95: number('95th percentile'),
        max: number('Maximum'),
      }),
    )
    .describe('By name of metric, in ms, of the attempts that ended in this row'),
})

/** The schema, in `result.json`, of one file that the run wrote: its path and what it holds. */
export const fileSchema = z.object({
  path: text("Path of the file, relative to the run's folder"),
  holds: text('What it holds'),
})

/** The schema, in `result.json`, of the configuration with which a run was started. */
export const configurationSchema = z.object({
  scenario: z
    .record(z.string(), z.unknown())
    .describe(
      'The scenario with files, overlays, variables and flags merged. A secret from a variable is its reference, such as `${env.API_KEY}`; one that was written out is masked',
    ),
  flags: z.record(z.string(), z.string()).describe('Flags that are no keys of the scenario, by name, such as `maxErrorRate`'),
  files: z
    .array(
      z.object({
        path: text('The file as the scenario names it'),
        bytes: number('Its size'),
        sha256: z.string().nullable().describe('Hash of its content; null for a file of more than 64 MiB'),
      }),
    )
    .describe('Files in the folder of the scenario that the run has read: data, payloads, schemas, protos, phrases'),
})

const serverUnit = z
  .enum(['count', 'ratio', 'ms', 'tokens', 'bytes', 'watts', 'joules', ''])
  .describe('Unit of the values; empty for a metric of `names`, whose values are reported as they are')

const quantile = z
  .object({
    value: number('By linear interpolation within its bucket: an estimate'),
    from: number('Lower border of the bucket'),
    to: numberOrNull('Upper border of the bucket; null for the last one, which has none'),
  })
  .nullable()

/** The schema, in `result.json`, of the metrics that one observed server reported while the load went on. */
export const serverEndpointSchema = z
  .object({
    url: text('Address that was asked, without query'),
    server: z.array(z.string()).describe('Servers by whose names the metrics are known, such as `vLLM`; empty for none'),
    scrapes: number('Number of requests to it'),
    failed: number('Number of requests to which no metrics came in time'),
    error: z.string().nullable().describe('The last failure; null without one'),
    sinceMs: numberOrNull('When the first answer came, in ms since the run began: counters count from there; null without one'),
    untilMs: numberOrNull('When the last answer came'),
    gauges: z
      .record(
        z.string(),
        z.object({
          unit: serverUnit,
          count: number('Number of values'),
          min: number('Smallest'),
          mean: number('Mean'),
          max: number('Largest'),
          p95: number('95th percentile of the values'),
        }),
      )
      .describe('States, such as `running`, `queue` (requests that wait) and `kv_usage`'),
    counters: z
      .record(
        z.string(),
        z.object({
          unit: serverUnit,
          delta: number('By how much it grew'),
          perSecond: numberOrNull('Growth per second between the first and the last answer; null with a single answer'),
          resets: number('How often it began again at 0, because the server was restarted'),
        }),
      )
      .describe('Sums, such as `tokens_out` and `preemptions`'),
    histograms: z
      .record(
        z.string(),
        z.object({
          unit: serverUnit,
          count: number('Number of samples'),
          mean: numberOrNull('Their mean; null without samples'),
          p50: quantile.describe('Median'),
          p95: quantile.describe('95th percentile'),
          p99: quantile.describe('99th percentile'),
        }),
      )
      .describe('Distributions, such as `ttft` and `queue_time`; percentiles are null without samples or buckets'),
    series: z
      .array(z.object({ t: number('In ms since the run began'), values: z.record(z.string(), z.number()).describe('By gauge') }))
      .describe('The gauges over time, at most 1,200 rows'),
  })
  .meta({ id: 'serverEndpoint', description: 'Metrics that one server reported about itself during the load' })

/**
 * The schema, in `result.json`, of one line of a scenario's outline, the indented list of its steps: a step, or the head of a block such as a loop.
 */
export const outlineLineSchema = z
  .object({
    depth: number('How deep it stands, from 0; deeper lines that follow belong to it'),
    kind: z
      .enum(['setup', 'flow', 'teardown', 'message', 'request', 'disconnect', 'delay', 'set', 'loop', 'if', 'else'])
      .describe('What it is; an `else` belongs to the `if` before it of the same depth'),
    text: text('Name of a step or flow, bounds of a loop, or a condition; empty where there is nothing to say'),
    weight: number('Of a flow: its share of all iterations, 0 to 1; left out otherwise').exactOptional(),
  })
  .meta({ id: 'outlineLine', description: 'One line of the outline of a scenario' })
