import { loadText } from '../../../load/text/load-text.ts'
import type { Plan, PlannedTarget } from '../../../scenario/compile/plan.ts'

/** The largest number of phases that are described; of more phases only their number is printed. */
const MAX_PHASES = 4

/**
 * Returns the lines that are printed before a run: its load and, for each target that uses a known API, the full address and the model where the
 * scenario does not state them.
 */
export function introduction(plan: Pick<Plan, 'phases' | 'targets'>): string[] {
  return [`load: ${phasesText(plan.phases)}`, ...plan.targets.flatMap(targetLines)]
}

/** Describes the phases of a load: "warm-up 5 users, for 10s; then 20/s for 2m, at most 500 users". */
export function phasesText(phases: Plan['phases']): string {
  const texts = phases.map(({ load, warmup }) => `${warmup ? 'warm-up ' : ''}${loadText(load)}`)
  const more = texts.length - MAX_PHASES
  return [...texts.slice(0, MAX_PHASES), ...(more > 0 ? [`${more} more ${more === 1 ? 'phase' : 'phases'}`] : [])].join('; then ')
}

/** Returns the lines that say which address and model a target has from a known API (preset); an empty list when the scenario itself states them. */
export function targetLines({ name, url, completed, modelOfPreset, model, mock }: PlannedTarget): string[] {
  const address = completed ? [`${name}: the address is completed to ${url.source}`] : []
  const asked =
    modelOfPreset && mock === undefined ? [`${name}: model ${model.source}, the one of the preset (--model names another)`] : []
  return [...address, ...asked]
}
