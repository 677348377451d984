/** The text of each scenario of a run, and its check with the flags, variables and overlays that were given. */
import type { Command } from 'commander'
import type { Override } from '../../scenario/layers/overrides.ts'
import { readSource, type Source } from '../../scenario/read/source-file.ts'
import type { Validated } from '../../scenario/validate.ts'
import { isMap } from '../../text/json.ts'
import { overlaysAskedFor } from '../config/find.ts'
import { environmentOf, variableFiles } from './env-file.ts'
import { scenariosIn, validateSource } from './foreign.ts'
import { checkOneProtocol, configuredOverrides, overridesOf } from './overrides.ts'
import { checkNoRequestFlags, quickRun } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'
import { warnOfStrangeVariables } from './variables.ts'

/**
 * Validates the scenario in a file (or several, if it is a list), or the one that flags alone describe. Each is validated only when the
 * generator reaches it; `changes` are applied after those of the flags. Errors in a scenario are returned as problems. @throws ScenarioError
 * when the file cannot be read, UsageError
 */
export function* checkedSources(
  file: string | undefined,
  flags: RunFlags,
  command: Command,
  changes: readonly Override[] = [],
): Generator<Validated> {
  checkOneProtocol(flags, command)
  if (file !== undefined) checkNoRequestFlags(flags, file)
  const sources = file === undefined ? [undefined] : scenariosIn(readSource(file))
  for (const source of sources) yield checkedSource(source, flags, command, changes)
}

/** Validates the scenario in `source`, or that of the flags. Warns of unused BURN_ variables even when the scenario is invalid, because a misspelt variable may be the reason. */
export function checkedSource(
  source: Source | undefined,
  flags: RunFlags,
  command: Command,
  changes: readonly Override[],
): Validated {
  let used = new Set<string>()
  try {
    const { env, secret } = environmentOf(variableFiles(flags))
    const checked = validateSource(source ?? quickSource(flags), {
      env,
      secretVariables: secret,
      ...(flags.secretsDir === undefined ? {} : { secretsDir: flags.secretsDir }),
      overlays: {
        profile: flags.profile,
        environment: flags.environment ?? flags.env,
        askedBy: overlaysAskedFor(command),
      },
      override: (value) => {
        const raw = isMap(value) ? value : {}
        // A stored run is started as it was: its configuration is in it.
        const usual = flags.from === undefined ? configuredOverrides(command, raw) : []
        const whole = { ...raw, ...Object.fromEntries(usual.map(({ path, value }) => [path[0], value])) }
        return [...usual, ...overridesOf(flags, command, whole), ...changes]
      },
    })
    used = new Set(checked.envUsed.map(({ name }) => name))
    return checked
  } finally {
    warnOfStrangeVariables(command, used)
  }
}

/** The scenario that flags alone describe, as the text of a file. */
function quickSource(flags: RunFlags): Source {
  return { text: JSON.stringify(quickRun(flags)).replaceAll('${', () => '$${'), file: '<flags>' }
}
