/** Validates a suite for `burn validate`: the suite file itself, and every scenario in the way its tests load it. */
import { Command } from 'commander'
import { type Problem, ScenarioError } from '../../errors.ts'
import { environmentOf } from '../load/env-file.ts'
import { addRunFlags } from '../load/run-flags.ts'
import { askedTests } from './file/expand.ts'
import { problemsOfTests } from './file/load.ts'
import { readSuite } from './file/read.ts'

/** The flags of `burn validate` that change how the scenarios of a suite are loaded. */
interface SuiteLoadingFlags {
  readonly env: boolean
  readonly profile?: string
  readonly environment?: string
  readonly set?: string[]
  readonly varsFile?: string[]
  readonly secretsDir?: string
}

/**
 * Returns the problems of a suite file and, if it has no errors, of the scenarios of its tests; each problem once.
 * @throws UsageError for a flag of `burn validate` that fits none of the tests
 */
export function suiteProblems(file: string, { env, ...flags }: SuiteLoadingFlags): readonly Problem[] {
  const command = addRunFlags(new Command('run'))
  const { profile, environment, set, varsFile, secretsDir } = flags
  for (const [name, value] of Object.entries({ profile, environment, set, varsFile, secretsDir }))
    if (value !== undefined) command.setOptionValueWithSource(name, value, 'cli')
  // Unknown BURN_ variables are reported only by a run.
  command.setOptionValueWithSource('logLevel', 'error', 'cli')
  try {
    const variables = environmentOf(env ? (varsFile ?? []) : [])
    const read = readSuite(file, {
      env: variables.env,
      secretVariables: variables.secret,
      noEnv: !env,
      ...(secretsDir === undefined ? {} : { secretsDir }),
    })
    if (read.suite === undefined) return read.problems
    return [...read.problems, ...problemsOfTests(askedTests(read.suite), { read, seed: 'validate' }, command, !env)]
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems
    throw error
  }
}
