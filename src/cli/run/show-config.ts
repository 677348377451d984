import type { Command } from 'commander'
import { stringify } from 'yaml'
import { sourcesOf } from '../../scenario/layers/overlay.ts'
import type { Override } from '../../scenario/layers/overrides.ts'
import { resultsFolder } from '../../store/files/names.ts'
import { configuredKeys } from '../config/find.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { mergedScenario } from '../load/merged.ts'
import { sourceOf } from '../load/overrides.ts'
import { knownSecrets } from '../output/known-secrets.ts'

/**
 * Formats a scenario, merged from all its sources, as YAML with secrets masked. Comments at the end name, for each key, the sources that set it; the
 * source named first takes precedence.
 */
export function showConfig(loaded: LoadedScenario, command: Command): string {
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
    ...flagsShown(command),
    '# everything else: the defaults of `burn schema`',
  ].join('\n')}\n`
}

/** Flags that do not change a key of the scenario. */
const OTHER_FLAGS = [
  'profile',
  'environment',
  'out',
  'report',
  'log',
  'prices',
  'varsFile',
  'secretsDir',
  'allow',
  'allowLag',
  'maxErrorRate',
  'shard',
  'startAt',
  'maxSkew',
  'barrier',
]

/**
 * Returns comment lines for the flags that are set but change no key of the scenario: value and source. When a configuration file is used, a last
 * line names the folder of results.
 */
function flagsShown(command: Command): string[] {
  const given = OTHER_FLAGS.filter((name) => !['default', undefined].includes(command.getOptionValueSource(name)))
  const lines = given.map((name) => {
    const long = command.options.find((option) => option.attributeName() === name)?.long
    return knownSecrets.redact(`# ${long} ${[command.getOptionValue(name)].flat().join(',')}: ${sourceOf(command, name)}`)
  })
  const config = configuredKeys(command)
  return config === undefined ? lines : [...lines, `# results in ${resultsFolder()}: ${config.file}`]
}

/** Returns the comment line for a changed value below the top level of the scenario. */
function inner({ path, source }: Override): string {
  return `#   ${path.join('.')}: ${source}`
}

function fileName(name: string, { plan }: LoadedScenario): string {
  return name === 'file' ? (plan.file ?? 'default of a run without a file') : name
}
