/** Starts a stored run again (`burn run --from`), with the scenario and flags that are stored in its result. */
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { InputError, UsageError } from '../../../errors.ts'
import type { Configuration } from '../../../result/schema.ts'
import { baseDirOf } from '../../../scenario/lint/files.ts'
import { findRun } from '../../../store/find-run.ts'
import { readResult } from '../../../store/read-result.ts'
import { checkedSource } from '../checked-sources.ts'
import { type LoadedScenario, loadChecked } from '../load-scenario.ts'
import type { RunFlags } from '../run-flags.ts'
import { FROZEN_FLAGS } from './freeze.ts'
import { fileAt } from './read-files.ts'
import { checkSecrets } from './stored-secrets.ts'

/** The value of `--seed` with which a run that is started again gets a new seed instead of the stored one. */
const NEW_SEED = 'new'

/** The scenarios of a stored run that is started again, and the flags as they apply to it; `flags.from` is the path of its result. */
interface ThawedRun {
  readonly loaded: readonly LoadedScenario[]
  readonly flags: RunFlags
}

/**
 * Loads, for `--from`, the scenario that is stored in the result of the named run; flags change it as they change a scenario file.
 * @throws InputError when the run stores no configuration or its data files have changed, UsageError for missing secrets or unsuitable flags,
 * ScenarioError
 */
export function thaw(named: string, files: readonly string[], given: RunFlags, command: Command): ThawedRun {
  refuseOthers(files, given, command)
  const place = placeOf(named)
  const result = readResult(place)
  const { configuration, scenarioFile, runId } = result
  if (configuration === undefined)
    throw new InputError(
      `--from ${named}: this result holds no configuration`,
      'a version of burn before it was stored has written it',
    )
  const flags = withFrozenFlags(given, configuration, command)
  const file = join(scenarioFile === null ? '.' : baseDirOf(scenarioFile), `<run ${runId}>.json`)
  const { seed: own, ...scenario } = configuration.scenario
  checkSecrets(`--from ${named}`, configuration.scenario, flags)
  checkFiles(named, configuration, dirname(file))
  const renewed = flags.seed === NEW_SEED
  const text = JSON.stringify(renewed ? scenario : configuration.scenario)
  const { seed: _, ...withoutSeed } = flags
  const applied = renewed ? withoutSeed : flags
  const checked = checkedSource({ text, file }, applied, command)
  const origin = { file: scenarioFile ?? undefined, seed: renewed ? undefined : String(own ?? result.seed) }
  return { loaded: loadChecked(origin, checked, applied, command), flags: { ...applied, from: place } }
}

function refuseOthers(files: readonly string[], flags: RunFlags, command: Command): void {
  const [file] = files
  if (file !== undefined)
    throw new UsageError(`--from ${flags.from} and ${file}: a stored run has a scenario of its own`, 'leave out one of them')
  const strange = (['profile', 'environment', 'env', 'data', 'method'] as const).find(
    (name) => flags[name] !== undefined && command.getOptionValueSource(name) === 'cli',
  )
  if (strange)
    throw new UsageError(`--${strange} does not go with --from: the scenario is used as it was run`, 'change keys with --set')
}

/** Returns the folder of the run that the user named, or the path itself when it is the file of a result. */
function placeOf(named: string): string {
  const isFile = statSync(named, { throwIfNoEntry: false })?.isFile() === true
  return isFile ? named : findRun(named)
}

/** Returns the given flags, with the flags of the stored run in place of defaults. */
function withFrozenFlags(flags: RunFlags, { flags: stored }: Configuration, command: Command): RunFlags {
  const missing = FROZEN_FLAGS.filter((name) => ['default', 'config', undefined].includes(command.getOptionValueSource(name)))
  // The stored scenario already contains its profile and environment; a variable that names one is meant for scenario files.
  const { profile: _profile, environment: _environment, env: _env, ...others } = flags
  return {
    ...others,
    ...Object.fromEntries(missing.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]]))),
  }
}

/** Checks that the files which the stored run read are still the same. @throws InputError when one is missing or has changed */
function checkFiles(named: string, { files }: Configuration, baseDir: string): void {
  for (const { path, bytes, sha256 } of files) {
    const found = fileAt(path, baseDir)
    if (found === undefined)
      throw new InputError(
        `--from ${named}: ${join(baseDir, path)} is not there, which the run has read`,
        'start it in the folder where the run was started',
      )
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new InputError(
        `--from ${named}: ${join(baseDir, path)} has changed since the run has read it`,
        'bring it back, or run the scenario file itself',
      )
  }
}
