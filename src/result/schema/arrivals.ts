/** The part of a result about how well the arrivals of an open phase kept their timetable. */
import * as z from 'zod'
import { distributionSchema } from './distribution.ts'
import { number, numberOrNull, text } from './fields.ts'

/**
 * The schema, in `result.json`, of how punctual a phase with an arrival rate (open model) was: how late its iterations started after the times at
 * which they were due.
 */
export const arrivalsSchema = z.object({
  process: text('How arrivals follow each other: `constant`, `poisson`, `gamma` or `trace`'),
  due: number('Arrivals of the timetable, until the phase ended or the run was stopped'),
  started: number('Arrivals that started; the others were dropped, or still wait'),
  startedInPhase: number('Of these, the ones that started before the phase was to end'),
  waited: number('Of those that started, the ones that had waited for a free user: what the target or maxUsers did to the shape'),
  plannedPerSecond: numberOrNull('Arrivals due per second of the phase; null while it has no length'),
  achievedPerSecond: numberOrNull('Arrivals that started in the phase, per second of it; null while it has no length'),
  deviation: distributionSchema.describe('How late each arrival started, its wait for a free user left out'),
  gaps: number('Gaps between starts in the phase'),
  variation: z
    .object({
      planned: number(
        'Of the distribution that the gaps are drawn from: 0 for constant arrivals, 1 for poisson, 1 ÷ √shape for gamma; of a trace, that of its own gaps',
      ),
      timetable: numberOrNull('Of the gaps that were drawn; null with fewer than two'),
      achieved: numberOrNull('Of the gaps between starts; null with fewer than two'),
    })
    .describe('Coefficient of variation of the gaps, in expected arrivals: standard deviation ÷ mean'),
  distance: z
    .object({
      timetable: numberOrNull('Of the gaps that were drawn'),
      achieved: number('Of the gaps between starts'),
      critical: number('The value that one sample in a hundred exceeds by chance: 1.628 ÷ √gaps'),
    })
    .exactOptional()
    .describe(
      'Kolmogorov-Smirnov distance between the gaps and the distribution that they are drawn from, at most 1/4096 too small; left out for constant arrivals',
    ),
})
