/** Puts values from flags and the environment in place of those in the scenario file. */

import type { Problem } from '../../errors.ts'
import { newMap } from '../../text/json.ts'
import { pathText } from '../read/source/source.ts'
import { member } from '../schema/schema-walk.ts'

/** A value from a flag, an environment variable or a built-in profile that replaces the value at `path` of the scenario file. */
export interface Override {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** Where the value comes from, for messages: `flag --rate`, `env BURN_RATE`. */
  readonly source: string
}

/**
 * Writes the values of `overrides` into the scenario `root`, which is changed. Maps that are missing on the way are created; a text or number in the
 * place of one is replaced.
 */
export function applyOverrides(root: unknown, overrides: readonly Override[]): void {
  for (const { path, value } of overrides) {
    let owner = root
    for (const step of path.slice(0, -1)) {
      const next = member(owner, step)
      const usable = typeof next === 'object' && next !== null ? next : newMap()
      setMember(owner, step, usable)
      owner = usable
    }
    const last = path.at(-1)
    if (last !== undefined) setMember(owner, last, value)
  }
}

/** Sets a member by defining it, so that a key called `__proto__` becomes an ordinary key, which the schema then rejects. */
function setMember(owner: unknown, key: string | number, value: unknown): void {
  if (typeof owner !== 'object' || owner === null) return
  Object.defineProperty(owner, key, { value, writable: true, enumerable: true, configurable: true })
}

/**
 * Adds to a problem's message the name of the flag, environment variable or built-in profile that set the wrong value, and removes the excerpt of the
 * file. The problem is returned unchanged when none of `overrides` set the value.
 */
export function namingSource(problem: Problem, overrides: readonly Override[]): Problem {
  const blamed = overrides.findLast(
    ({ path }) => problem.path === pathText(path) || problem.path.startsWith(`${pathText(path)}.`),
  )
  return blamed ? { ...problem, source: blamed.source, message: `${blamed.source}: ${problem.message}`, frame: '' } : problem
}
