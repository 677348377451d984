import * as z from 'zod'
import { duration, positiveDuration, rate, whole } from '../fields.ts'
import { partOf } from '../statistics/parts/share.ts'
import { DEFAULT_MOST_USERS, openFields } from './arrivals.ts'
import { defineShape, type OpenLoad, phaseObject } from './executor.ts'
import { traceFormats } from './trace/formats/index.ts'
import { type OpenedTrace, openedTrace, partOfTrace, type TraceSettings } from './trace/open.ts'

const formatNames = ['auto', ...traceFormats.map(({ name }) => name)] as [string, ...string[]]

const traceFields = () => {
  const { maxUsers, whenFull } = openFields()
  return {
    trace: z.string().min(1).describe('Path of the file, from the folder of the scenario and within it'),
    format: z
      .enum(formatNames)
      .default('auto')
      .describe(
        `auto: by the names of its fields. ${traceFormats.map(({ name, describe }) => `${name}: ${describe}`).join('. ')}`,
      ),
    speed: z.number().positive().max(1e6).default(1).describe('How many times as fast as recorded; 0.5: half as fast'),
    from: duration().optional().describe('Start of the part to replay, as time since the first row of the trace'),
    to: positiveDuration()
      .optional()
      .describe('End of the part to replay, as time since the first row. Left out: the end of the trace'),
    loop: whole(1, 1e6).default(1).describe('How many times to replay it'),
    maxGap: positiveDuration()
      .optional()
      .describe(
        "Longest time without an arrival, in the trace's own time; longer ones are shortened to it, delays within a session too",
      ),
    rate: rate().optional().describe('Sessions that start per second, for a format without times'),
    maxUsers: maxUsers.describe(
      'Sessions that may be under way at once, requests without one included; left out: as many as are needed',
    ),
    whenFull,
  }
}

type TraceFields = z.output<z.ZodObject<ReturnType<typeof traceFields>>>

function settingsOf({ trace, format, speed, from, to, loop, maxGap, rate: ratePerSecond = 0 }: TraceFields): TraceSettings {
  return {
    file: trace,
    format,
    window: { from: from ?? 0, to: to ?? Number.POSITIVE_INFINITY },
    speed,
    maxGapMs: maxGap ?? Number.POSITIVE_INFINITY,
    ratePerSecond,
    rounds: loop,
  }
}

/**
 * The load shape `{ trace: chat.jsonl, speed: 2 }`: replays the requests of a recorded trace file at their recorded times, here twice as fast. A
 * request also waits for the reply to the previous one of its session.
 */
export const traceReplay = defineShape({
  name: 'trace',
  describe: 'The requests of a recorded trace, each at its time, those of a session one after the other (open model)',
  fields: phaseObject(traceFields).refine(({ from, to }) => to === undefined || to > (from ?? 0), {
    path: ['to'],
    message: 'must be later than `from`',
  }),
  build: (phase, _before, baseDir) => {
    const { maxUsers } = phase
    return traceLoad(
      openedTrace(settingsOf(phase), baseDir),
      { ...phase, maxUsers: maxUsers ?? DEFAULT_MOST_USERS },
      maxUsers === undefined,
    )
  },
})

function traceLoad(
  { timetable, play }: OpenedTrace,
  { maxUsers, whenFull }: Pick<OpenLoad, 'maxUsers' | 'whenFull'>,
  addsUsers: boolean,
): OpenLoad {
  return {
    model: 'open',
    lengthMs: timetable.lengthMs,
    maxUsers,
    addsUsers,
    whenFull,
    peakPerSecond: timetable.peakPerSecond,
    process: { name: 'trace', variation: timetable.variation, draw: () => 1, shareBelow: undefined, beginsWithGap: false },
    rateAt: (elapsedMs) => timetable.rateAt(elapsedMs),
    countAt: (elapsedMs) => timetable.countAt(elapsedMs),
    *arrivals() {
      for (let arrival = 0; arrival < timetable.count; arrival += 1) yield timetable.at(arrival)
      return undefined
    },
    trace: play,
    part: ({ index, count }) => {
      const own = { index, count: Math.min(count, maxUsers) }
      return traceLoad(partOfTrace({ timetable, play }, own), { maxUsers: partOf(maxUsers, own), whenFull }, addsUsers)
    },
  }
}
