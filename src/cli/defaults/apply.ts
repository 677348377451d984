/** Applies the defaults of a configuration file to a command. Flags, BURN_ variables and keys of the scenario win over them. */
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { ScenarioError } from '../../errors.ts'
import { useResultsFolder } from '../../store/files/names.ts'
import { CONFIG_SOURCE, configure } from '../config/find.ts'
import { pathIn } from './paths.ts'
import { readConfig } from './read.ts'
import type { Config } from './schema.ts'

/**
 * Defaults that are not applied when a stored run is started again (`--from`), because they change its verdict or cost; the stored run has its own
 * values.
 */
const AS_IT_WAS = new Set(['maxErrorRate', 'allowLag', 'prices'])

/**
 * Sets the options of a command to their values in the configuration file `file`. Options that a flag or environment variable has set keep their
 * values.
 * @throws ScenarioError with the problems of the configuration
 */
export function applyConfig(command: Command, file: string): void {
  const { config, written, problems, placeOf } = readConfig(file)
  if (config === undefined) throw new ScenarioError(problems)
  const folder = dirname(file)
  useResultsFolder(config.out === undefined ? undefined : pathIn(folder, config.out))
  const isStored = command.getOptionValue('from') !== undefined
  const names = new Set(command.options.map((option) => option.attributeName()))
  for (const [name, value] of Object.entries(flagValues(config, folder))) {
    const source = command.getOptionValueSource(name)
    if (isStored && AS_IT_WAS.has(name)) continue
    if (names.has(name) && value !== undefined && (source === undefined || source === 'default'))
      command.setOptionValueWithSource(name, value, CONFIG_SOURCE)
  }
  const scenario = Object.fromEntries(
    (['thresholds', 'graceful'] as const).filter((key) => config[key] !== undefined).map((key) => [key, written[key]]),
  )
  const asked = Object.fromEntries(
    (['profile', 'environment'] as const).flatMap((key) => {
      const at = config[key] === undefined ? undefined : placeOf(key)
      return at ? [[key, at]] : []
    }),
  )
  configure(command, { file, scenario, retention: config.retention, asked })
}

/** Returns the settings of a configuration as values of flags; relative paths in it start at the configuration's `folder`. */
function flagValues(config: Config, folder: string): Readonly<Record<string, string | string[] | undefined>> {
  const { profile, environment, report, log, prices, varsFile, secretsDir, allow, allowLag, maxErrorRate } = config
  const at = (path: string | undefined) => (path === undefined ? undefined : pathIn(folder, path))
  return {
    ...{ profile, environment, log, allow, allowLag },
    report: report === undefined ? undefined : [report].flat().join(','),
    prices: at(prices),
    varsFile: varsFile === undefined ? undefined : [varsFile].flat().map((path) => pathIn(folder, path)),
    secretsDir: at(secretsDir),
    maxErrorRate: maxErrorRate === undefined ? undefined : String(maxErrorRate),
  }
}
