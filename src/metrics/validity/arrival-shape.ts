/** Decides whether the arrivals of an open phase had the shape that was planned. @see glossary: lag */
import type { ArrivalMetrics, PhaseMetrics } from '../../result/schema.ts'

/**
 * Largest share of arrivals that may wait for a user or be dropped; above it, the target or `maxUsers` has changed the shape, and the rule does not
 * apply.
 */
const NOTABLE = 0.01
/** Largest share of arrivals that may start too late for their phase. */
const RATE_TOLERANCE = 0.005
/** Time in ms after the end of a phase in which its arrivals may still start, because timers may be that late. */
const END_SLACK_MS = 10
/** Largest difference between the variation of the starts and of the timetable: this, or a tenth of the planned variation if that is more. */
const VARIATION_TOLERANCE = 0.1
/** Smallest number of gaps from which their distribution is compared. */
const FEWEST_GAPS = 100

/** Lateness of starts, as a share of the limit on lag, up to which starts count as punctual. */
const PUNCTUAL = 0.2

/** The name of a phase, and the metrics that show whether its iterations started on time. */
export type ArrivalPhase = Pick<PhaseMetrics, 'name' | 'warmup' | 'arrivals'>

/**
 * Returns how the starts of iterations differed from the planned times, in words, for the first measured phase where they did; undefined when there
 * is none. Two differences count: too many starts after the end of the phase, and gaps between starts that are not as planned. Gaps are compared only
 * when more than one start in ten was later than a fifth of `lagP99Ms`, the limit on burn's own lateness in ms; gaps that are planned to be random do
 * not count as a difference. A phase in which more than 1 % of the arrivals waited for a user or never started is left out, because then the target
 * changed the shape.
 */
export function shapeProblem(phases: readonly ArrivalPhase[], lagP99Ms: number): string | undefined {
  for (const { name, warmup, arrivals } of phases) {
    const problem = arrivals && !warmup ? problemOf(arrivals, lagP99Ms * PUNCTUAL) : undefined
    if (problem !== undefined) return `the arrivals of ${name} did not keep their shape: ${problem}`
  }
  return undefined
}

function problemOf(arrivals: ArrivalMetrics, punctualMs: number): string | undefined {
  const { due, started, waited, gaps, deviation } = arrivals
  if (waited + due - started > NOTABLE * due) return undefined
  const problem = rateProblem(arrivals)
  if (problem !== undefined) return problem
  // A few late starts change only a few gaps, so nine in ten starts decide.
  const p90 = deviation.percentiles.p90 ?? 0
  if (gaps < FEWEST_GAPS || p90 <= punctualMs) return undefined
  const found = distanceProblem(arrivals) ?? variationProblem(arrivals)
  return found && `${found}; one start in ten was more than ${p90.toFixed(1)} ms late`
}

function rateProblem({ due, started, startedInPhase, plannedPerSecond, achievedPerSecond }: ArrivalMetrics): string | undefined {
  const missing = started - startedInPhase
  if (plannedPerSecond === null || achievedPerSecond === null) return undefined
  if (missing <= 2 + RATE_TOLERANCE * due + (plannedPerSecond * END_SLACK_MS) / 1000) return undefined
  return `${missing} of ${due} started after its end: ${achievedPerSecond.toFixed(1)}/s instead of ${plannedPerSecond.toFixed(1)}/s`
}

/**
 * Returns what is wrong when the gaps between starts differ from the planned distribution more than chance explains, and clearly more than the
 * timetable does.
 */
function distanceProblem({ process, distance }: ArrivalMetrics): string | undefined {
  if (!distance) return undefined
  const { timetable, achieved, critical } = distance
  if (achieved <= critical || achieved - (timetable ?? 0) <= critical / 4) return undefined
  return `the gaps between starts are not ${process} (Kolmogorov-Smirnov distance ${achieved.toFixed(3)}, critical ${critical.toFixed(3)})`
}

function variationProblem({ variation }: ArrivalMetrics): string | undefined {
  const { planned, timetable, achieved } = variation
  if (timetable === null || achieved === null) return undefined
  if (Math.abs(achieved - timetable) <= VARIATION_TOLERANCE * Math.max(1, planned)) return undefined
  return `the gaps between starts vary by ${achieved.toFixed(2)} of their mean, those of the timetable by ${timetable.toFixed(2)}`
}
