/** Reads the text of each scenario of a run, and checks it with its flags, variables and overlays (profile, environment). */
import type { Command } from 'commander'
import type { Override } from '../../scenario/layers/overrides.ts'
import { readSource, type Source } from '../../scenario/read/source-file.ts'
import type { Validated } from '../../scenario/validate.ts'
import { isMap } from '../../text/json.ts'
import { type ConfigPlace, overlaysAskedFor } from '../config/find.ts'
import { environmentOf, variableFiles } from './env-file.ts'
import { scenariosIn, validateSource } from './foreign.ts'
import { checkOneProtocol, configuredOverrides, overridesOf } from './overrides.ts'
import { checkNoRequestFlags, quickRun } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'
import { warnOfStrangeVariables } from './variables.ts'

/** Options for loading a scenario, in addition to the flags of the command line. */
interface LoadOptions {
  /** Changes to the scenario that are applied after those of the flags. */
  readonly changes?: readonly Override[]
  /** Changes to the scenario that are applied before those of the flags, so that flags win. */
  readonly defaults?: readonly Override[]
  /** Values for `${env.NAME}`, which win over environment variables. */
  readonly vars?: Readonly<Record<string, string>>
  /** True to read no environment variables, as for `burn validate --no-env`. */
  readonly noEnv?: boolean
}

/**
 * Validates the scenarios in a file or, without a file, the one that flags alone describe. It yields them one by one, and validates each only when
 * the caller asks for it. Errors in a scenario are returned as problems.
 * @throws ScenarioError when the file cannot be read, UsageError
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

/**
 * Validates the scenario in `source` or, without a source, the one that flags alone describe. Also warns on stderr of variables named BURN_… that
 * nothing reads, even when the scenario is invalid, because a misspelt variable may be the reason.
 */
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
        // A stored run contains the configuration with which it was started, so that the present one is not applied.
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

/** Returns the scenario that flags alone describe, as the text of a file. */
function quickSource(flags: RunFlags): Source {
  return { text: JSON.stringify(quickRun(flags)).replaceAll('${', () => '$${'), file: '<flags>' }
}

const textOf = (at: ConfigPlace | undefined) => at && `${at.file}:${at.line}:${at.column}`
