/** What a result says of where the load came from and where it went. */
import * as z from 'zod'

export const environmentSchema = z.object({
  burn: z.string().describe('Version of burn'),
  node: z.string().describe('Version of Node'),
  os: z.string().describe('Operating system'),
  cpus: z.number().describe('Number of CPUs that burn could use'),
  hostname: z.string().describe('Name of the machine'),
})

export const rateLimitSummarySchema = z.object({
  replies: z.number().describe('Replies that said anything about limits'),
  limitRequests: z.number().nullable().describe('Limit on requests, as the target spells it; null when it never said'),
  minRemainingRequests: z.number().nullable().describe('Fewest requests that were left at any time; null when it never said'),
  limitTokens: z.number().nullable().describe('Limit on tokens, as the target spells it; null when it never said'),
  minRemainingTokens: z.number().nullable().describe('Fewest tokens that were left at any time; null when it never said'),
  limited: z.number().describe('Attempts that the target turned away'),
  maxRetryAfterMs: z.number().nullable().describe('Longest wait that it asked for, in ms; null when it asked for none'),
})

export const targetSchema = z.object({
  name: z.string().describe('Name of the target'),
  url: z.string().describe('Address, secrets removed'),
  protocol: z.string().describe('Protocol, such as `http` or `websocket`'),
  dialect: z.string().nullable().describe('Format of the replies; null when none is known'),
  insecureTls: z.boolean().describe('Certificates were not checked'),
  rateLimits: rateLimitSummarySchema
    .exactOptional()
    .describe('What the target said about its limits; left out when it said nothing'),
})

export const timelineRowSchema = z.object({
  atMs: z.number().describe('Start of the row, in ms since the run began'),
  lengthMs: z.number().describe('Length of the row, in ms'),
  phase: z.string().describe('Phase of the load'),
  started: z.number().describe('Attempts that were started'),
  ok: z.number().describe('Attempts that succeeded'),
  failed: z.number().describe('Attempts that failed'),
  cut: z.number().describe('Attempts that were cut off'),
  dropped: z.number().describe('Attempts that were due and never started'),
  users: z.number().describe('Busy users'),
  inFlight: z.number().describe('Attempts in flight, the mean over time'),
  peakInFlight: z.number().exactOptional().describe('Most attempts in flight at once; older results have none'),
  outputTokens: z.number().describe('Generated tokens of the attempts that ended in this row'),
  latencies: z
    .record(
      z.string(),
      z.object({
        p50: z.number().describe('Median'),
        p95: z.number().describe('95th percentile'),
        max: z.number().describe('Maximum'),
      }),
    )
    .describe('By name of metric, in ms, of the attempts that ended in this row'),
})

export const fileSchema = z.object({
  path: z.string().describe("Path of the file, relative to the run's folder"),
  holds: z.string().describe('What it holds'),
})
