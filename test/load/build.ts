/** Loads built from the fields of a phase, and the start times of an open one. */
import type { Handover, Load, LoadShape, OpenLoad } from '../../src/load/executor.ts'
import { shapes } from '../../src/load/index.ts'
import { createRandom } from '../../src/random.ts'

export const NOTHING: Handover = { users: 0, ratePerSecond: 0 }

export function build(name: string, fields: object, before = NOTHING, baseDir = '.'): Load {
  const shape = (shapes as readonly unknown[] as readonly LoadShape[]).find((candidate) => candidate.name === name)
  if (!shape) throw new Error(`there is no shape ${name}`)
  return shape.build(shape.fields.parse(fields), before, baseDir)
}

export const open = (name: string, fields: object, before?: Handover, baseDir?: string) =>
  build(name, fields, before, baseDir) as OpenLoad

export function offsets(load: OpenLoad, seed = 'seed'): number[] {
  const all: number[] = []
  const arrivals = load.arrivals(createRandom(seed, 'arrivals', 0))
  for (let next = arrivals.next(); !next.done; next = arrivals.next()) all.push(next.value)
  return all
}
