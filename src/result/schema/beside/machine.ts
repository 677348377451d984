import * as z from 'zod'

const machineUnit = z
  .enum(['ratio', 'count', 'bytes', 'mhz', 'joules', ''])
  .describe('Unit of the values; a ratio is 0 to 1; empty for a mean number of processes')

const spread = {
  count: z.number().describe('Number of values'),
  min: z.number().describe('Smallest'),
  mean: z.number().describe('Mean'),
  max: z.number().describe('Largest'),
  p95: z.number().describe('95th percentile of the values'),
}

/** The schema of the CPU, memory, disk and network use of one machine that `monitor:` watched, in a result. */
export const machineSchema = z
  .object({
    host: z.string().nullable().describe('Its name; null when it is not known'),
    from: z
      .string()
      .nullable()
      .describe('Address of the node-exporter that was asked, without query; null for the machine of burn'),
    withBurn: z
      .boolean()
      .nullable()
      .describe('Whether burn ran on it, so that the figures include burn; null when that is not known'),
    withTarget: z
      .boolean()
      .nullable()
      .describe('Whether a target of the run has an address of it; null when that is not known, or there is no target'),
    samples: z.number().describe('Number of readings'),
    failed: z.number().describe('Number of readings that failed'),
    error: z.string().nullable().describe('The last failure; null without one'),
    sinceMs: z
      .number()
      .nullable()
      .describe('When the first reading was made, in ms since the run began: counters count from there; null for none'),
    untilMs: z.number().nullable().describe('When the last reading was made, in ms since the run began; null for none'),
    gauges: z
      .record(z.string(), z.object({ unit: machineUnit, ...spread }).nullable())
      .describe('States, such as `cpu` and `memory`; null for a state that the machine does not report'),
    counters: z
      .record(
        z.string(),
        z
          .object({
            unit: machineUnit,
            delta: z.number().describe('By how much it grew'),
            perSecond: z.number().nullable().describe('Growth per second; null with a single reading'),
            maxPerSecond: z.number().nullable().describe('Largest growth per second between two readings'),
            resets: z.number().describe('How often it began again at 0, because the machine was restarted'),
          })
          .nullable(),
      )
      .describe('Sums, such as `net_received_bytes`; null for a sum that the machine does not report'),
    processes: z
      .array(
        z.object({
          asked: z.string().describe('The name or pid by which it was asked for'),
          pid: z.number().describe('Its pid'),
          name: z.string().describe('What the system calls it'),
          fromMs: z.number().describe('When it was first seen, in ms since the run began'),
          untilMs: z.number().describe('When it was last seen'),
          cpu: z.object(spread).nullable().describe('Its use of CPU, 1 for all of one CPU; null when it was seen once only'),
          rssBytes: z.object(spread).nullable().describe('Its memory in RAM, in bytes; null when the system does not report it'),
        }),
      )
      .nullable()
      .describe('Processes that were asked for; null where they cannot be known, or none was'),
    processesUnlisted: z
      .array(
        z.object({
          asked: z.string().describe('The name or pid by which they were asked for'),
          processes: z.number().describe('How many there were, at least'),
        }),
      )
      .exactOptional()
      .describe(
        'Processes that are not in the list: at most 50 are watched at once, and 200 listed. Thresholds on them fail, as one of these may be the busiest. Left out when there are none',
      ),
    series: z
      .array(
        z.object({
          t: z.number().describe('In ms since the run began'),
          values: z.record(z.string(), z.number()).describe('By gauge or sum; of a sum it is the growth per second'),
        }),
      )
      .describe('The figures over time, at most 1,200 rows'),
  })
  .meta({ id: 'machine', description: 'Metrics of one watched machine' })
