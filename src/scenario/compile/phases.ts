/** Compiles the phases of the load; each begins where the one before ended. */
import type { Handover, Load, LoadShape } from '../../load/executor.ts'
import { shapes } from '../../load/index.ts'
import { DataError } from '../../records/file.ts'
import type { Phase } from '../schema/schema.ts'
import type { PlannedPhase } from './plan.ts'

const ONE_ITERATION: Phase = { name: 'main', warmup: false, shape: 'shared-iterations', fields: { iterations: 1, users: 1 } }

/**
 * Compiles the `load` of a scenario to its phases. Without `load`, there is one phase, in which one user runs one iteration. Returns undefined when a
 * trace file cannot be used; lint rules report this. Relative paths of trace files start at the folder `baseDir`.
 */
export function compilePhases(baseDir: string, blocks: readonly Phase[] = [ONE_ITERATION]): PlannedPhase[] | undefined {
  let before: Handover = { users: 0, ratePerSecond: 0 }
  try {
    return blocks.map((phase, index) => {
      const { name, warmup, shape } = phase
      const load = buildLoad(phase, before, baseDir)
      before = handover(load)
      return { name: name ?? `phase-${index + 1}`, shape, warmup, load }
    })
  } catch (error) {
    if (error instanceof DataError) return undefined
    throw error
  }
}

/**
 * Returns the load of one phase: how many users are at work at each time, or when iterations start. `before` holds the users and the rate at the end
 * of the previous phase, from which a ramp starts. Relative paths of files start at the folder `baseDir`.
 * @throws DataError for a trace file that cannot be used
 */
export function buildLoad({ shape: name, fields }: Pick<Phase, 'shape' | 'fields'>, before: Handover, baseDir: string): Load {
  // The schema has parsed `fields` by the fields of this shape.
  const shape = shapes.find((candidate) => candidate.name === name) as LoadShape | undefined
  if (!shape) throw new Error(`there is no load shape ${name}`)
  return shape.build(fields, before, baseDir)
}

/** Returns the number of users and the rate at the end of a load, from which a ramp of the next phase starts. */
function handover(load: Load): Handover {
  if (load.model === 'open') return { users: 0, ratePerSecond: load.rateAt(load.lengthMs) }
  return { users: load.usersAt(load.lengthMs ?? 0), ratePerSecond: 0 }
}
