/** The text of each scenario of a run, and its check with the flags, variables and overlays that were given. */
import type { Command } from 'commander'
import type { Override } from '../../scenario/layers/overrides.ts'
import { readSource, type Source } from '../../scenario/read/source-file.ts'
import type { Validated } from '../../scenario/validate.ts'
import { isMap } from '../../text/json.ts'
import { type AskedAt, overlaysAskedFor } from '../config/find.ts'
import { environmentOf, variableFiles } from './env-file.ts'
import { scenariosIn, validateSource } from './foreign.ts'
import { checkOneProtocol, configuredOverrides, overridesOf } from './overrides.ts'
import { checkNoRequestFlags, quickRun } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'
import { warnOfStrangeVariables } from './variables.ts'

/** How a scenario is loaded, besides what flags say. */
export interface LoadOptions {
  /** Changes that are made after those of the flags. */
  readonly changes?: readonly Override[]
  /** Changes over which the flags win. */
  readonly defaults?: readonly Override[]
  /** Values for `${env.NAME}`, which win over the environment. */
  readonly vars?: Readonly<Record<string, string>>
  /** True to look up no variable, as `burn validate --no-env` does. */
  readonly noEnv?: boolean
}

/**
 * Validates the scenario in a file (or several, if it is a list), or the one that flags alone describe. Each is validated only when the
 * generator reaches it; Errors in a scenario are returned as problems. @throws ScenarioError
 * when the file cannot be read, UsageError
 */
export function* checkedSources(
  file: string | undefined,
  flags: RunFlags,
  command: Command,
  options: LoadOptions = {},
): Generator<Validated> {
  checkOneProtocol(flags, command)
  if (file !== undefined) checkNoRequestFlags(flags, file)
  const sources = file === undefined ? [undefined] : scenariosIn(readSource(file))
  for (const source of sources) yield checkedSource(source, flags, command, options)
}

/** Validates the scenario in `source`, or that of the flags. Warns of unused BURN_ variables even when the scenario is invalid, because a misspelt variable may be the reason. */
export function checkedSource(
  source: Source | undefined,
  flags: RunFlags,
  command: Command,
  { changes = [], defaults = [], vars = {}, noEnv = false }: LoadOptions = {},
): Validated {
  let used = new Set<string>()
  const asked = overlaysAskedFor(command)
  try {
    const { env, secret } = environmentOf(noEnv ? [] : variableFiles(flags))
    const checked = validateSource(source ?? quickSource(flags), {
      env: { ...env, ...vars },
      noEnv,
      secretVariables: secret,
      ...(flags.secretsDir === undefined ? {} : { secretsDir: flags.secretsDir }),
      overlays: {
        profile: flags.profile,
        environment: flags.environment ?? flags.env,
        askedBy: { profile: textOf(asked.profile), environment: textOf(asked.environment) },
      },
      ...(flags.webhooks === false && { unused: ['webhooks'] }),
      override: (value) => {
        const raw = isMap(value) ? value : {}
        // A stored run is started as it was: its configuration is in it.
        const usual = flags.from === undefined ? configuredOverrides(command, raw) : []
        const whole = { ...raw, ...Object.fromEntries(usual.map(({ path, value }) => [path[0], value])) }
        return [...usual, ...defaults, ...overridesOf(flags, command, whole), ...changes]
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

const textOf = (at: AskedAt | undefined) => at && `${at.file}:${at.line}:${at.column}`
