/** Warns of loads that come near the ceilings which a selftest has measured on this machine. */
import type { Plan } from '../../scenario/compile/plan.ts'
import { formatGrouped } from '../../text/units.ts'
import { measuredAs, type PlannedReplies } from './loads.ts'
import { type Selftest, wasBusy } from './report.ts'
import { storedSelftest } from './store.ts'

/** The share of a ceiling (0.7 is 70 %) above which a warning is given, because burn's own lateness grows from there on. */
const NEAR = 0.7

/** The parts of a plan that the warning needs. */
type PlannedLoad = Pick<Plan, 'phases' | 'exchanges'> & { readonly targets: readonly PlannedReplies[] }

/**
 * Returns a list with one warning when a load of `perSecond` exchanges is above 70 % of what this machine could make in the selftest `found`;
 * otherwise an empty list. With several protocols, the one with the lowest ceiling counts.
 */
export function nearCeiling({ targets }: Pick<PlannedLoad, 'targets'>, perSecond: number, found: Selftest | undefined): string[] {
  const protocols = new Set(targets.map(measuredAs))
  const ceilings = (found?.protocols ?? []).filter(({ protocol }) => protocols.has(protocol))
  const lowest = ceilings.toSorted((a, b) => a.ceilingPerSecond - b.ceilingPerSecond)[0]
  if (!lowest || perSecond <= NEAR * lowest.ceilingPerSecond) return []
  const of = `${Math.round((100 * perSecond) / lowest.ceilingPerSecond)} % of the ${formatGrouped(lowest.ceilingPerSecond)}/s`
  return [
    `up to ${formatGrouped(perSecond)} ${lowest.protocol} exchanges per second are ${of} that \`burn selftest\` measured on this machine: above ${100 * NEAR} %, expect late figures${found && wasBusy(found) ? ' (the machine was busy then: measure again when it is idle)' : ''}`,
  ]
}

/**
 * Returns a list with one warning when a load of `perSecond` exchanges is above 70 % of what this machine could make in its last stored selftest;
 * otherwise, and without a stored selftest, an empty list.
 */
export const nearStoredCeiling = (plan: Pick<PlannedLoad, 'targets'>, perSecond: number): string[] =>
  nearCeiling(plan, perSecond, storedSelftest())

/**
 * Returns the highest number of exchanges per second that a plan asks for by arrival rates or by `pace`, with each step counted once. Phases without
 * either do not count, because their rate depends on how fast the target replies. 0 when there are only such phases.
 */
export function plannedPeak({ phases, exchanges }: Pick<PlannedLoad, 'phases' | 'exchanges'>): number {
  const steps = exchanges.filter(({ setupOrTeardown }) => !setupOrTeardown).length
  const rates = phases.map(({ load }) => (load.model === 'open' ? load.peakPerSecond : load.maxUsers * (load.pacePerSecond ?? 0)))
  return steps * Math.max(0, ...rates)
}
