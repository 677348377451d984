/** `burn run --from`: a run is started again with what it was started with. */
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

/** The seed that means another one than that of the stored run. */
const NEW_SEED = 'new'

/** A run to be started again, with the flags as they apply to it: `from` is where its result lies. */
interface ThawedRun {
  readonly loaded: readonly LoadedScenario[]
  readonly flags: RunFlags
}

/**
 * Loads the scenario of the stored run that `--from` names, as it was run; flags change it as they change a scenario file. @throws InputError
 * when the run stores no configuration or its data files have changed, UsageError for missing secrets or unsuitable flags, ScenarioError
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

/** The folder of the run, or the file with its result. */
function placeOf(named: string): string {
  const isFile = statSync(named, { throwIfNoEntry: false })?.isFile() === true
  return isFile ? named : findRun(named)
}

/** The flags with those of the stored run in place of defaults. */
function withFrozenFlags(flags: RunFlags, { flags: stored }: Configuration, command: Command): RunFlags {
  const missing = FROZEN_FLAGS.filter((name) => ['default', 'config', undefined].includes(command.getOptionValueSource(name)))
  // The profile and environment are in the scenario already; a variable that names one is for files.
  const { profile: _profile, environment: _environment, env: _env, ...others } = flags
  return {
    ...others,
    ...Object.fromEntries(missing.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]]))),
  }
}

/** @throws InputError when a file that the run has read is gone or another */
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
