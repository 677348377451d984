/** `--show-config`: the scenario as it would run, and where each value came from. */
import { stringify } from 'yaml'
import { knownSecrets } from './known-secrets.ts'
import type { LoadedScenario } from './load-scenario.ts'

/** YAML of the merged scenario with its secrets masked, then a comment per value that a flag or variable set. */
export function showConfig({ raw, overrides, plan }: LoadedScenario): string {
  const shown = knownSecrets.redactValue({ ...raw, seed: plan.seed })
  const sources = [
    ...overrides.map(({ path, source }) => `# ${path.join('.')}: ${source}`),
    ...(raw.seed === undefined ? ['# seed: drawn for this run'] : []),
    `# everything else: ${plan.file ?? 'flags'}, or the defaults of \`burn schema\``,
  ]
  return `${stringify(shown)}${sources.join('\n')}\n`
}
