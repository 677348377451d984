import { stringify } from 'yaml'
import { sourcesOf } from '../../scenario/layers/overlay.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { knownSecrets } from '../output/known-secrets.ts'

const OVERLAYS = new Set(['include', 'profiles', 'environments'])

/**
 * Formats a scenario, merged from all its sources, as YAML with secrets masked. A comment at each key names the sources that set it; the
 * first one wins.
 */
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

/** The comment for a changed value below the top level. */
function inner({ path, source }: Override): string {
  return `#   ${path.join('.')}: ${source}`
}

function fileName(name: string, { plan }: LoadedScenario): string {
  return name === 'file' ? (plan.file ?? 'default of a run without a file') : name
}

/** The keys that differ from the file when the scenario was split into one run per target. */
function changedByBatch({ raw, scenario }: LoadedScenario): Record<string, unknown> {
  const { targets } = raw
  if (scenario.name === raw.name || typeof targets !== 'object' || targets === null) return {}
  const own = Object.entries(targets).filter(([name]) => Object.hasOwn(scenario.targets ?? {}, name))
  return { name: scenario.name, targets: Object.fromEntries(own) }
}
