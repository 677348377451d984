import { stringify } from 'yaml'
import { sourcesOf } from '../../scenario/layers/overlay.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { mergedScenario } from '../load/merged.ts'
import { knownSecrets } from '../output/known-secrets.ts'

/**
 * Formats a scenario, merged from all its sources, as YAML with secrets masked. A comment at each key names the sources that set it; the
 * first one wins.
 */
export function showConfig(loaded: LoadedScenario): string {
  const { raw, plan, overrides, layers } = loaded
  const merged = mergedScenario(loaded)
  const shown = knownSecrets.redactValue({ ...merged, seed: plan.seed })
  const sources = sourcesOf(layers, overrides)
  const lines = Object.keys(merged).map(
    (key) => `# ${key}: ${(sources.get(key) ?? []).map((name) => fileName(name, loaded)).join(', then ')}`,
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
