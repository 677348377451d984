/** Removes keys that a run does not use, such as `webhooks` with `--no-webhooks`, so that their problems are not reported. */
import type { Problem } from '../../errors.ts'
import { isMap } from '../../text/json.ts'
import { ABOUT_VARIABLES } from '../read/about-variables.ts'
import { pathText } from '../read/source/source.ts'
import type { Stacked } from './overlay.ts'

/**
 * Returns a merged scenario without those keys that this run does not use and in whose value an environment variable or secret is missing, empty or
 * otherwise unusable. The problems about these variables and secrets are removed too, so that they do not stop the run. `unused` lists the keys that
 * the run does not use, such as `webhooks`.
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
