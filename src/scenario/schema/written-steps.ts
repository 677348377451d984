/** Walks over the steps of a scenario as it was written. */

import type { Path } from '../read/source.ts'
import { member } from './schema-walk.ts'

/** One step, with its place and the loops around it. */
export interface WrittenStep {
  readonly path: Path
  readonly step: Readonly<Record<string, unknown>>
  /** Whether an earlier round may have run what stands after it. */
  readonly inLoop: boolean
  /** Rounds of all loops around it, multiplied; 1 outside of loops. */
  readonly rounds: number
  /** Name of the target that it goes to, when the step or its flow says. */
  readonly target: string | undefined
}

/** Plain data that the schema has accepted as a map. */
export type WrittenMap = Readonly<Record<string, unknown>>

/** The map at `path`, an empty one when there is none. */
export function mapAt(value: unknown, path: Path): WrittenMap {
  const found = path.reduce<unknown>((current, step) => member(current, step), value)
  // What is neither a list nor null is a map with text keys: it comes from a YAML or JSON file.
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as WrittenMap) : {}
}

/** The list at `path`, an empty one when there is none. */
export function listAt(value: unknown, path: Path): readonly unknown[] {
  const found = path.reduce<unknown>((current, step) => member(current, step), value)
  return Array.isArray(found) ? found : []
}

function roundsOf(loop: WrittenMap): number {
  const { times, max } = loop
  if (typeof times === 'number') return times
  return typeof times === 'string' ? 1 : typeof max === 'number' ? max : 1
}

function* walk(value: unknown, path: Path, inLoop: boolean, rounds: number, flowTarget?: string): Generator<WrittenStep> {
  for (const index of listAt(value, path).keys()) {
    const at = [...path, index]
    const step = mapAt(value, at)
    yield { path: at, step, inLoop, rounds, target: typeof step.target === 'string' ? step.target : flowTarget }
    const loop = mapAt(step, ['loop'])
    if (step.loop !== undefined)
      yield* walk(value, [...at, 'loop', 'steps'], true, rounds * Math.max(1, roundsOf(loop)), flowTarget)
    yield* walk(value, [...at, 'then'], inLoop, rounds, flowTarget)
    yield* walk(value, [...at, 'else'], inLoop, rounds, flowTarget)
  }
}

/** The steps of one list, each before those inside it. */
export function stepsAt(value: unknown, path: Path): WrittenStep[] {
  return [...walk(value, path, false, 1)]
}

/** Steps that make the load, of all flows, from top to bottom, each before those inside it. */
export function loadSteps(value: unknown): WrittenStep[] {
  const flows = listAt(value, ['flows']).keys()
  const ofFlows = [...flows].flatMap((index) => {
    const { target } = mapAt(value, ['flows', index])
    return [...walk(value, ['flows', index, 'steps'], false, 1, typeof target === 'string' ? target : undefined)]
  })
  return [...walk(value, ['steps'], false, 1), ...ofFlows]
}

/** Steps that run once. What setup captures is there for all others. */
export function asideSteps(value: unknown): WrittenStep[] {
  return [...walk(value, ['setup'], false, 1), ...walk(value, ['teardown'], false, 1)]
}

/** All steps, numbered as the plan numbers them: those of setup and teardown last. */
export function allSteps(value: unknown): WrittenStep[] {
  return [...loadSteps(value), ...asideSteps(value)]
}

/** Every text in a value with its path; `path` leads to the value. */
export function* textsIn(value: unknown, path: Path): Generator<{ readonly text: string; readonly path: Path }> {
  if (typeof value === 'string') yield { text: value, path }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index])
  else for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key])
}
