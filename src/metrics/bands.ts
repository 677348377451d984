/** Bands of response times: how many attempts were fast, normal, slow and critical. */
import { lateObject, positiveDuration } from '../fields.ts'
import type { Result } from '../result/schema.ts'
import type { Histogram } from './histogram/histogram.ts'

/** The upper ends of the first three bands, in ms; what is slower is critical. */
interface BandLimits {
  readonly fast: number
  readonly normal: number
  readonly slow: number
}

/** The limits of a scenario that has none: those of people who wait for an answer. */
const USUAL: BandLimits = { fast: 5000, normal: 20_000, slow: 60_000 }

/** The schema of the block `bands` of a scenario: the response times up to which a reply counts as fast, normal or slow. */
export const bandsSchema = lateObject(() => ({
  fast: positiveDuration().describe('Responses up to this time are fast'),
  normal: positiveDuration().describe('Up to this time normal'),
  slow: positiveDuration().describe('Up to this time slow; beyond it critical'),
}))
  .refine(({ fast, normal, slow }) => fast < normal && normal < slow, 'expected fast < normal < slow')
  .describe('Bands of response_time in reports. Default fast 5s, normal 20s, slow 60s')

/**
 * Counts the response times that are fast, normal, slow and critical, by the limits of the block `bands`; an empty list without response times.
 * Times are compared with limits to a precision of 0.1 %.
 */
export function bandsOf(responses: Histogram | undefined, limits: BandLimits = USUAL): NonNullable<Result['bands']> {
  if (!responses || responses.count === 0) return []
  const { count } = responses
  const upTo = [...Object.values(limits), Number.POSITIVE_INFINITY].map((limit) =>
    limit === Number.POSITIVE_INFINITY ? count : count - responses.countAbove(limit),
  )
  const names = [...Object.keys(limits), 'critical'] as const
  return names.map((name, i) => {
    const inBand = (upTo[i] ?? 0) - (upTo[i - 1] ?? 0)
    return { name, untilMs: Object.values(limits)[i] ?? null, count: inBand, share: inBand / count }
  })
}
