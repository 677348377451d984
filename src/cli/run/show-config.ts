/** `--show-config`: the scenario as it would run, and where each value came from. */
import { stringify } from 'yaml'
import { sourcesOf } from '../../scenario/layers/overlay.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { knownSecrets } from '../output/known-secrets.ts'

const OVERLAYS = new Set(['include', 'profiles', 'environments'])

/** YAML of the merged scenario with its secrets masked, then a comment per key with its sources, the strongest first. */
export function showConfig(loaded: LoadedScenario): string {
  const { raw, plan, overrides, layers } = loaded
  const merged = Object.entries(raw).filter(([key]) => !OVERLAYS.has(key))
  const shown = knownSecrets.redactValue({ ...Object.fromEntries(merged), ...changedByBatch(loaded), seed: plan.seed })
  const sources = sourcesOf(layers, overrides)
  const lines = merged.map(
    ([key]) => `# ${key}: ${(sources.get(key) ?? []).map((name) => fileName(name, loaded)).join(', then ')}`,
  )
  return `${stringify(shown)}${[
    ...lines,
    ...overrides.filter(({ path }) => path.length > 1).map(inner),
    ...(raw.seed === undefined ? ['# seed: drawn for this run'] : []),
    '# everything else: the defaults of `burn schema`',
  ].join('\n')}\n`
}

/** A value below the top, for which the line of its top-level key is too coarse. */
function inner({ path, source }: Override): string {
  return `#   ${path.join('.')}: ${source}`
}

function fileName(name: string, { plan }: LoadedScenario): string {
  return name === 'file' ? (plan.file ?? 'default of a run without a file') : name
}

/** What a run of one of several targets has of its own. */
function changedByBatch({ raw, scenario }: LoadedScenario): Record<string, unknown> {
  const { targets } = raw
  if (scenario.name === raw.name || typeof targets !== 'object' || targets === null) return {}
  const own = Object.entries(targets).filter(([name]) => Object.hasOwn(scenario.targets ?? {}, name))
  return { name: scenario.name, targets: Object.fromEntries(own) }
}
