/** Whether a load comes near what this machine has been found to carry. */
import type { Plan } from '../../scenario/compile/plan.ts'
import { formatGrouped } from '../../text/units.ts'
import type { Selftest } from './report.ts'
import { storedSelftest } from './store.ts'

/** Share of the ceiling above which loads are warned of: from there on, figures become late. */
const NEAR = 0.7

/** What is needed of a plan. */
type Planned = Pick<Plan, 'phases' | 'exchanges'> & { readonly targets: readonly Pick<Plan['targets'][number], 'protocol'>[] }

/** Returns the warning that a load of `perSecond` exchanges is above 70 % of the lowest ceiling of its protocols, in a list; empty for none. */
export function nearCeiling({ targets }: Pick<Planned, 'targets'>, perSecond: number, found: Selftest | undefined): string[] {
  const protocols = new Set<string>(targets.map(({ protocol }) => protocol))
  const ceilings = (found?.protocols ?? []).filter(({ protocol }) => protocols.has(protocol))
  const lowest = ceilings.toSorted((a, b) => a.ceilingPerSecond - b.ceilingPerSecond)[0]
  if (!lowest || perSecond <= NEAR * lowest.ceilingPerSecond) return []
  const of = `${Math.round((100 * perSecond) / lowest.ceilingPerSecond)} % of the ${formatGrouped(lowest.ceilingPerSecond)}/s`
  return [
    `up to ${formatGrouped(perSecond)} ${lowest.protocol} exchanges per second are ${of} that \`burn selftest\` measured on this machine: above ${100 * NEAR} %, expect late figures`,
  ]
}

/** The same for what the last selftest on this machine has found. */
export const nearStoredCeiling = (plan: Pick<Planned, 'targets'>, perSecond: number): string[] =>
  nearCeiling(plan, perSecond, storedSelftest())

/** Returns the largest number of exchanges per second that a plan alone says: of phases with a rate or a pace; 0 for others, which depend on the replies. */
export function plannedPeak({ phases, exchanges }: Pick<Planned, 'phases' | 'exchanges'>): number {
  const steps = exchanges.filter(({ setupOrTeardown }) => !setupOrTeardown).length
  const rates = phases.map(({ load }) => (load.model === 'open' ? load.peakPerSecond : load.maxUsers * (load.pacePerSecond ?? 0)))
  return steps * Math.max(0, ...rates)
}
