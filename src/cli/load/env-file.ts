/**
 * `--env-file`: variables for `${env.NAME}` from .env files. Node looks for a flag of this name in the whole command line as well, and takes
 * such files into process.env, by the same rules: then there is nothing left to do here, and a missing file ends with Node's exit code 9.
 */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { UsageError } from '../../errors.ts'
import type { Environment } from '../../scenario/read/environment.ts'

const MAX_BYTES = 1024 * 1024

/**
 * The variables of the process over those of the files; of several files the last one wins. Comments, quotes and `export` are
 * understood, nothing is expanded. @throws UsageError when a file cannot be read
 */
export function environmentOf(files: readonly string[]): Environment {
  return { ...Object.assign({}, ...files.map(readEnvFile)), ...process.env }
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UsageError(`--env-file ${path}: ${(error as NodeJS.ErrnoException).message}`, undefined, { cause: error })
  }
  if (bytes.length > MAX_BYTES) throw new UsageError(`--env-file ${path}: larger than ${MAX_BYTES} bytes`)
  return parseEnv(bytes.toString('utf8').replace(/^\ufeff/, ''))
}
