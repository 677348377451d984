/** Applies a price list (`--prices FILE`) to a scenario: each target without prices of its own gets those of its model. */
import { presetNamed } from '../../../dialects/presets.ts'
import type { Override } from '../../../scenario/layers/overrides.ts'
import { judgeTargetPaths, mapAt, targetPaths } from '../../../scenario/schema/written-steps.ts'
import { note } from '../../output/notes.ts'
import { priceOf } from './price-list.ts'
import { readPrices } from './read-prices.ts'

/**
 * Returns the changes that add prices to a scenario: each target without prices gets those of its model from the price list at `path` (`--prices`).
 * `model` is the value of `--model`, which takes precedence over the target's own. Notes on stderr which models the list lacks.
 * @throws UsageError when the list cannot be read
 */
export function priceOverrides(
  path: string | undefined,
  source: string,
  scenario: unknown,
  model: string | undefined,
): Override[] {
  if (path === undefined) return []
  const entries = readPrices(path)
  return [...targetPaths(scenario), ...judgeTargetPaths(scenario)].flatMap((at) => {
    const target = mapAt(scenario, at)
    if (Object.keys(target).length === 0 || target.pricing !== undefined) return []
    const known = (at.length === 1 ? model : undefined) ?? target.model ?? presetModel(target.preset)
    if (typeof known !== 'string') return []
    const found = priceOf(entries, known)
    if ('entry' in found)
      return [{ path: [...at, 'pricing'], value: found.entry.pricing, source: `${source} (${found.entry.pattern})` }]
    note(`${path} has no price for ${known}: ${found.missing}`)
    return []
  })
}

function presetModel(name: unknown): string | undefined {
  return typeof name === 'string' ? presetNamed(name)?.model : undefined
}
