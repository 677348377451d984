/** Finds the steps of a scenario as it is written in the file, before validation. */

import { isMap } from '../../text/json.ts'
import type { Path } from '../read/source/source.ts'
import { valueAt } from './schema-walk.ts'

/** One step as it is written in the file, before validation, with its path and the loops around it. */
export interface WrittenStep {
  readonly path: Path
  readonly step: Readonly<Record<string, unknown>>
  /** True for a step in a loop: steps after it may have run in an earlier round. */
  readonly inLoop: boolean
  /** The product of the rounds of all loops around the step; 1 outside of loops. */
  readonly rounds: number
  /** Name of the step's target, if the step or its flow names one. */
  readonly target: string | undefined
}

/** A map of the scenario as it is written in the file, before validation. */
export type WrittenMap = Readonly<Record<string, unknown>>

/** Returns the map at `path` inside `value`, a part of a scenario; an empty map when there is none. */
export function mapAt(value: unknown, path: Path): WrittenMap {
  const found = valueAt(value, path)
  return isMap(found) ? found : {}
}

/** Returns the list at `path` inside `value`, a part of a scenario; an empty list when there is none. */
export function listAt(value: unknown, path: Path): readonly unknown[] {
  const found = valueAt(value, path)
  return Array.isArray(found) ? found : []
}

function roundsOf(loop: WrittenMap): number {
  const { times, max } = loop
  if (typeof times === 'number') return times
  return typeof times === 'string' ? 1 : typeof max === 'number' ? max : 1
}

/** What surrounds the steps of one list: loops with their rounds, and the target of the flow. */
interface Around {
  readonly inLoop: boolean
  readonly rounds: number
  readonly target: string | undefined
}

const OUTSIDE: Around = { inLoop: false, rounds: 1, target: undefined }

function walk(list: unknown, path: Path, around: Around, into: WrittenStep[]): WrittenStep[] {
  if (!Array.isArray(list)) return into
  for (const [index, item] of list.entries()) {
    const at = [...path, index]
    const step = mapAt(item, [])
    into.push({ path: at, step, ...around, target: typeof step.target === 'string' ? step.target : around.target })
    if (step.loop !== undefined) {
      const loop = mapAt(step.loop, [])
      const inside = { ...around, inLoop: true, rounds: around.rounds * Math.max(1, roundsOf(loop)) }
      walk(loop.steps, [...at, 'loop', 'steps'], inside, into)
    }
    if (step.then !== undefined) walk(step.then, [...at, 'then'], around, into)
    if (step.else !== undefined) walk(step.else, [...at, 'else'], around, into)
  }
  return into
}

/**
 * Returns the steps of a scenario in the list at `path`, as written in the file and in its order. The steps inside a loop or `if` come right after
 * it.
 */
export function stepsAt(value: unknown, path: Path): WrittenStep[] {
  return walk(listAt(value, path), path, OUTSIDE, [])
}

/**
 * Returns the steps of a scenario in `steps` and `flows`, but not in setup and teardown, in file order. The steps inside a loop or `if` come right
 * after it.
 */
export function loadSteps(value: unknown): WrittenStep[] {
  const steps = stepsAt(value, ['steps'])
  for (const [index, flow] of listAt(value, ['flows']).entries()) {
    const { steps: list, target } = mapAt(flow, [])
    walk(list, ['flows', index, 'steps'], { ...OUTSIDE, target: typeof target === 'string' ? target : undefined }, steps)
  }
  return steps
}

/** Returns the steps of setup and teardown, which run once. */
function stepsOutsideLoad(value: unknown): WrittenStep[] {
  return [...stepsAt(value, ['setup']), ...stepsAt(value, ['teardown'])]
}

/**
 * Returns all steps of a scenario, in the order in which the plan numbers them: the steps of the load first, the steps of setup and teardown last.
 */
export function allSteps(value: unknown): WrittenStep[] {
  return [...loadSteps(value), ...stepsOutsideLoad(value)]
}

/**
 * Returns the names of the targets that steps and flows of a scenario choose by `target`; empty when none does. `value` is the scenario before
 * validation.
 */
export function namedTargets(value: unknown): string[] {
  const flows = listAt(value, ['flows']).map((_, index) => mapAt(value, ['flows', index]))
  const chosen = [...flows, ...allSteps(value).map(({ step }) => step)].map(({ target }) => target)
  return chosen.filter((name) => typeof name === 'string')
}

/**
 * Returns the paths at which a scenario may describe its targets: `target`, also when it has none there, and one path for each of its `targets`.
 * `value` is the scenario as it is written in the file.
 */
export function targetPaths(value: unknown): Path[] {
  return [['target'], ...Object.keys(mapAt(value, ['targets'])).map((name) => ['targets', name])]
}

/**
 * Returns the path of the target that is described in the `judge` block itself, in a list. The list is empty for a scenario without a judge, and when
 * `judge` only names one of `targets`.
 */
export function judgeTargetPaths(value: unknown): Path[] {
  return isMap(valueAt(value, ['judge', 'target'])) ? [['judge', 'target']] : []
}

/** Yields every text, number, boolean and null inside a part of a scenario (`value`), with its path. `path` is the path of that part. */
export function* leavesIn(value: unknown, path: Path): Generator<{ readonly leaf: unknown; readonly path: Path }> {
  if (typeof value !== 'object' || value === null) yield { leaf: value, path }
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leavesIn(item, [...path, index])
  else for (const [key, item] of Object.entries(value)) yield* leavesIn(item, [...path, key])
}

/** Returns every text inside a part of a scenario, with its path. `path` is the path of that part. */
export function textsIn(value: unknown, path: Path): { readonly text: string; readonly path: Path }[] {
  return Array.from(leavesIn(value, path)).flatMap(({ leaf, path: at }) =>
    typeof leaf === 'string' ? [{ text: leaf, path: at }] : [],
  )
}

/** Returns a text, number or boolean as text; undefined for a list, a map and null. */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
