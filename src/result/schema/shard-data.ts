/**
 * The part of the result of a shard that is only needed to merge it: the data from which thresholds, validity and the timeline of the whole run are
 * computed.
 */
import * as z from 'zod'
import { arrivalsSchema } from './arrivals.ts'
import { generatorHealthSchema } from './connections.ts'
import { flag, number, numberOrNull, text } from './fields.ts'
import { countsSchema, groupMetricsSchema } from './group.ts'

/** The schema of the field `shards` of a merged result: the parts (shards) of the run that were merged, and the parts that are missing. */
export const shardsSchema = z
  .object({
    of: number('Number of parts of the run'),
    merged: z
      .array(
        z.object({
          index: number('Which part, from 0'),
          hostname: text('Name of its machine'),
          startTime: number('When it began, in ms since 1970'),
          lateMs: number('How late that was, in ms; left out when no moment was set').exactOptional(),
          planned: number('Attempts that were due in it'),
        }),
      )
      .describe('The parts, in their order'),
    missing: z.array(z.number()).describe('Parts that are missing, from 0: nothing of their load is in this result'),
  })
  .meta({ id: 'shards', description: 'The parts of a merged run' })

const counters = z.record(z.string(), z.number())

const sparseSchema = z.object({
  histogram: text('HdrHistogram V2, compressed, base64'),
  min: number('Smallest value, in the unit of the metric'),
  max: number('Largest value'),
  sumSteps: number('Sum of all values, in the steps of the histogram'),
})

const storedThresholdSchema = z.object({
  text: text('The threshold as it is written'),
  windowMs: number('Its window, in ms; left out without one').exactOptional(),
  abort: flag('Whether it ends the run'),
  afterMs: number('From when on it is evaluated, in ms'),
  minSamples: number('Samples that it needs'),
  onMissing: z.enum(['fail', 'pass', 'skip']).describe('What too few samples mean'),
  severity: z.enum(['fail', 'warn']).describe('Whether it decides the exit code'),
  uncertainty: number('One less the confidence with which it must hold (`certain`); left out when it need not').exactOptional(),
  aborted: flag('It ended the shard').exactOptional(),
  group: groupMetricsSchema.exactOptional().describe('The attempts that its tags select; left out without tags'),
  intervals: z
    .array(
      z.object({
        toMs: number('End of the interval, in ms since the run began; the next one begins there'),
        counters: counters.describe('What was counted in it'),
        samples: sparseSchema
          .exactOptional()
          .describe('Its values; min and max are those of the run until then. Left out without any'),
      }),
    )
    .exactOptional()
    .describe('What each second holds, for a threshold with a window'),
  measure: z
    .object({
      observed: numberOrNull('The value'),
      samples: number('Samples behind it'),
      fewSamples: flag('The percentile has fewer than 10 samples above it'),
    })
    .exactOptional()
    .describe('What was observed on servers, machines and health checks; left out for other metrics'),
})

const partSchema = z.object({
  index: number('Which part, from 0'),
  of: number('Number of parts'),
  hostname: text('Name of the machine'),
  startTime: number('Start of the part, in ms since 1970'),
  lateMs: number(
    'How late it started after the moment that all parts were to start at, in ms; left out without one',
  ).exactOptional(),
  durationMs: number('How long it took, in ms'),
  counts: countsSchema,
  generator: generatorHealthSchema.describe('How well burn kept up there'),
  phases: z
    .array(
      z.object({
        name: text('Name of the phase'),
        warmup: flag('A warm-up'),
        arrivals: arrivalsSchema.exactOptional().describe('How the starts of an open phase kept their timetable'),
      }),
    )
    .describe('Its phases'),
  bounds: counters.describe('Limits beyond which its numbers are invalid'),
  counters: counters.describe('Counters of iterations, and of attempts that validity looks at'),
  localFailures: counters.describe('Failures whose cause lies on that machine, by class'),
  textless: z.array(z.string()).describe('Message steps in whose replies no text was found'),
  unread: z
    .array(
      z.object({
        step: text('Name of the step'),
        count: number('Replies without a text that was found'),
        of: number('Number of replies of the step'),
        what: text('What one held instead. Untrusted').exactOptional(),
      }),
    )
    .describe('Message steps with replies in which the text was not found'),
  unasked: number('Replies before which messages came that nobody asked for'),
  droppedAtStop: number('Arrivals that the early end of the run dropped'),
  droppedBehind: number('Arrivals that never started because burn was behind'),
  leftAtLimit: number('Attempts that waited for rateLimit when the run ended'),
  plannedGapMs: number('Time between arrivals at the highest rate, in ms; left out for closed loads').exactOptional(),
  closedMedians: counters.exactOptional().describe('Medians of a closed load, in ms; left out for open loads'),
  interrupted: flag('A signal ended it'),
})

const binsSchema = z.record(
  z.string(),
  z.object({ bins: z.array(z.number()).describe('Hundredth, count, hundredth, count, …'), sum: number('Sum of all values') }),
)

const storedQualitySchema = z.object({
  measured: number('Replies that were measured'),
  measures: binsSchema.describe('Their values, by measure'),
  flags: z
    .record(z.string(), z.object({ flagged: number('Replies with the flag'), of: number('Replies to which it applies') }))
    .describe('By flag'),
})

/**
 * The schema of the data that the result of one part of a run (a shard) holds in addition to the usual fields, so that nothing is lost when the parts
 * are merged.
 */
export const shardDataSchema = z
  .object({
    parts: z.array(partSchema).describe('What validity looks at, for each process'),
    counters: counters.describe('Counters of the whole run: iterations, connections, the judge'),
    seconds: z
      .array(
        z.object({
          counts: counters.describe('Counts of blocks'),
          latencies: z.record(z.string(), sparseSchema).describe('By name of metric'),
        }),
      )
      .describe('What each row of the timeline holds: the counts of blocks, and the latencies'),
    thresholds: z.array(storedThresholdSchema).describe('The thresholds, and what they need beside the rest of the result'),
    loads: z.array(z.string()).describe('The load of each phase in words: that of all shards together'),
    textSteps: z.array(z.string()).describe('Steps whose replies should hold text'),
    quality: z
      .object({
        all: storedQualitySchema.describe('All replies'),
        steps: z.record(z.string(), storedQualitySchema).describe('Those of each step'),
      })
      .exactOptional()
      .describe('Quality of the replies, of all and by step; left out when none was measured'),
    judgeScores: z
      .array(
        z.object({
          score: number('The score'),
          isGood: flag('It is good enough'),
          criterion: text('The criterion that it is by; left out for that of the whole reply').exactOptional(),
        }),
      )
      .describe('Scores that the judge gave'),
  })
  .meta({ id: 'shardData', description: 'What merging needs of a shard' })
