/**
 * `--vars-file`: variables for `${env.NAME}` from .env files. `--env-file` does the same, but Node itself handles a flag of that name
 * before burn starts: it loads the files into process.env by the same rules, and exits with its own message and code 9 when one is missing.
 */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readErrorText, UsageError } from '../../errors.ts'
import type { Environment } from '../../scenario/read/environment.ts'
import type { RunFlags } from './run-flags.ts'

const MAX_BYTES = 1024 * 1024

/** Returns the paths of the files with variables, from `--env-file` and `--vars-file`, in the order in which they are read. */
export function variableFiles({ varsFile = [], envFile = [] }: RunFlags): string[] {
  return [...envFile, ...varsFile]
}

/**
 * Returns the environment variables of the process and those in .env files. The process's own win over files, later files over earlier
 * ones. Comments, quotes and `export` in a file are understood; references to other variables are not replaced.
 * @throws UsageError for a file that cannot be read
 */
export function environmentOf(files: readonly string[]): Environment {
  return { ...Object.assign({}, ...files.map(readEnvFile)), ...process.env }
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`--vars-file ${path}: ${readErrorText(error)}`, undefined, { cause: error })
  }
  if (bytes.length > MAX_BYTES) throw new UsageError(`--vars-file ${path}: larger than ${MAX_BYTES} bytes`)
  return parseEnv(bytes.toString('utf8').replace(/^\ufeff/, ''))
}
