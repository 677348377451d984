/** Removes keys that a run does not use, such as `webhooks` with `--no-webhooks`, so that their problems are not reported. */
import type { Problem } from '../../errors.ts'
import { isMap } from '../../text/json.ts'
import { ABOUT_VARIABLES } from '../read/about-variables.ts'
import { pathText } from '../read/source/source.ts'
import type { Stacked } from './overlay.ts'

/**
 * Returns a scenario without the problems of environment variables and secrets in keys that this run does not use (`unused`), such as `webhooks`. A
 * key that has such a problem is removed from the scenario too.
 */
export function withoutUnread(stacked: Stacked, unused: readonly string[] = []): Stacked {
  const places = unused.flatMap((key) => stacked.layers.map(({ prefix }) => ({ key, start: `${pathText([...prefix, key])}.` })))
  const placeOf = ({ code, path }: Problem) => places.find(({ start }) => ABOUT_VARIABLES.has(code) && path.startsWith(start))
  const left = new Set(stacked.problems.map((problem) => placeOf(problem)?.key))
  const { value } = stacked
  return {
    ...stacked,
    value: isMap(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !left.has(key))) : value,
    problems: stacked.problems.filter((problem) => placeOf(problem) === undefined),
  }
}
