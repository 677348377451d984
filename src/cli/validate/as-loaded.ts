/** Validates a file for `burn validate` as a run with the same flags would load it. */
import type { Problem } from '../../errors.ts'
import { UnknownOverlay } from '../../scenario/layers/overlay.ts'
import { E_OVERLAY } from '../../scenario/problems/files/E_OVERLAY.ts'
import { NOTHING, type Validated } from '../../scenario/validate.ts'
import type { ConfigPlace, overlaysAskedFor } from '../config/find.ts'
import { configProblems } from '../defaults/read.ts'
import { environmentOf } from '../load/env-file.ts'
import { validatePath } from '../load/foreign.ts'
import { setOverrides } from '../load/overrides.ts'

/** The flags of `burn validate` that change how a scenario file is read. */
export interface LoadingFlags {
  /** False when environment variables are not looked up and files with variables are not read (`--no-env`). */
  readonly env: boolean
  readonly profile?: string
  readonly environment?: string
  /** The place in the configuration file that names the profile or environment, when no flag does. */
  readonly askedBy?: ReturnType<typeof overlaysAskedFor>
  readonly set?: string[]
  /** The paths of .env files with variables for `${env.NAME}`. */
  readonly varsFile?: string[]
  /** The folder of the secrets that `${file.NAME}` reads. */
  readonly secretsDir?: string
}

/**
 * Validates a scenario file as `burn run` would load it with these flags. Returns, for each scenario in the file, its problems and, if there are no
 * errors, its plan. Without --profile and --environment, a file is checked as it is and with each of its profiles and environments.
 */
export function validated(file: string, flags: LoadingFlags): Validated[] {
  const ofConfig = configProblems(file)
  if (ofConfig) return [{ ...NOTHING, problems: ofConfig }]
  const { profile, environment, askedBy = {}, secretsDir, varsFile } = flags
  const set = setOverrides(flags.set ?? [])
  const chosen = profile === undefined && environment === undefined ? {} : { overlays: { profile, environment } }
  const { env, secret } = environmentOf(flags.env ? (varsFile ?? []) : [])
  const secrets = { env, secretVariables: secret, ...(secretsDir === undefined ? {} : { secretsDir }) }
  try {
    return validatePath(file, { noEnv: !flags.env, ...secrets, ...chosen, ...(set.length === 0 ? {} : { override: () => set }) })
  } catch (error) {
    if (!(error instanceof UnknownOverlay)) throw error
    const problems = [overlayProblem(file, error, askedBy[error.kind])]
    return [{ ...NOTHING, problems }]
  }
}

/**
 * Returns the problem of a file that lacks the chosen profile or environment; other files are still checked. Its place is where the configuration
 * file names it or, when a flag names it, the beginning of the file.
 */
function overlayProblem(file: string, error: UnknownOverlay, asked: ConfigPlace | undefined): Problem {
  const { code, message, hint } = E_OVERLAY.missing(error)
  const place = asked ?? { file, line: 1, column: 1, endColumn: 2, path: '', frame: '' }
  const { line, column, endColumn, path, frame } = place
  const said = { message: asked ? `${file}: ${message}` : message, ...(hint === undefined ? {} : { hint }) }
  return { code, severity: 'error', ...said, file: place.file, line, column, endColumn, path, frame }
}
