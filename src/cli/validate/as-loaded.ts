/** What `burn validate` checks: a file as a run with the same flags would load it. */
import { type Problem, UsageError } from '../../errors.ts'
import { E_OVERLAY } from '../../scenario/problems/files/E_OVERLAY.ts'
import { NOTHING, type Validated } from '../../scenario/validate.ts'
import type { overlaysAskedFor } from '../config/find.ts'
import { configProblems } from '../defaults/read.ts'
import { environmentOf } from '../load/env-file.ts'
import { validatePath } from '../load/foreign.ts'
import { setOverrides } from '../load/overrides.ts'

/** The flags of `burn validate` that change how a scenario file is read. */
export interface LoadingFlags {
  /** False when variables are not looked up, and no file with variables is read. */
  readonly env: boolean
  readonly profile?: string
  readonly environment?: string
  /** The path of the configuration file that chose the profile or environment, if no flag did. */
  readonly askedBy?: ReturnType<typeof overlaysAskedFor>
  readonly set?: string[]
  /** .env files with variables for `${env.NAME}`. */
  readonly varsFile?: string[]
  /** Folder of the secrets that `${file.NAME}` reads. */
  readonly secretsDir?: string
}

/**
 * Validates a scenario file as `burn run` would load it with these flags. Without --profile and --environment, validates it as it is and with
 * each of its profiles and environments.
 */
export function validated(file: string, flags: LoadingFlags): Validated[] {
  const ofConfig = configProblems(file)
  if (ofConfig) return [{ ...NOTHING, problems: ofConfig }]
  const { profile, environment, askedBy = {}, secretsDir, varsFile } = flags
  const set = setOverrides(flags.set ?? [])
  const chosen = profile === undefined && environment === undefined ? {} : { overlays: { profile, environment, askedBy } }
  const { env, secret } = environmentOf(flags.env ? (varsFile ?? []) : [])
  const secrets = { env, secretVariables: secret, ...(secretsDir === undefined ? {} : { secretsDir }) }
  try {
    return validatePath(file, { noEnv: !flags.env, ...secrets, ...chosen, ...(set.length === 0 ? {} : { override: () => set }) })
  } catch (error) {
    if (!(error instanceof UsageError) || (profile ?? environment) === undefined) throw error
    const problems = [overlayProblem(file, error)]
    return [{ ...NOTHING, problems }]
  }
}

/** The problem of a file without the overlay that was asked for; other files are still checked. */
function overlayProblem(file: string, error: UsageError): Problem {
  const { code, message, hint } = E_OVERLAY.missing(error)
  const place = { file, line: 1, column: 1, endColumn: 2, path: '', frame: '' }
  return { code, severity: 'error', message, ...(hint === undefined ? {} : { hint }), ...place }
}
