/**
 * `--vars-file`: variables for `${env.NAME}` from .env files. `--env-file` is the same, but Node looks for a flag of that name in the whole
 * command line before burn is there, takes such files into process.env by the same rules, and ends with its own words and exit code 9 when
 * one is missing.
 */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readFault, UsageError } from '../../errors.ts'
import type { Environment } from '../../scenario/read/environment.ts'
import type { RunFlags } from './run-flags.ts'

const MAX_BYTES = 1024 * 1024

/** The files that both names of the flag give. */
export function variableFiles({ varsFile = [], envFile = [] }: RunFlags): string[] {
  return [...envFile, ...varsFile]
}

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
    throw new UsageError(`--vars-file ${path}: ${readFault(error)}`, undefined, { cause: error })
  }
  if (bytes.length > MAX_BYTES) throw new UsageError(`--vars-file ${path}: larger than ${MAX_BYTES} bytes`)
  return parseEnv(bytes.toString('utf8').replace(/^\ufeff/, ''))
}
