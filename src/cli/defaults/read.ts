/** Reads `burn.config.yaml` as scenarios are read: YAML or JSON, with the place of every problem. */
import { basename } from 'node:path'
import { type Problem, ScenarioError } from '../../errors.ts'
import { explain } from '../../scenario/explain/explain.ts'
import { hasErrors, inOrder, toProblem } from '../../scenario/explain/problems.ts'
import { E_OVERLAY } from '../../scenario/problems/files/E_OVERLAY.ts'
import { parseScenario } from '../../scenario/read/read.ts'
import { readSource } from '../../scenario/read/source-file.ts'
import { isMap } from '../../text/json.ts'
import { type ConfigPlace, isConfigName } from '../config/find.ts'
import { missingFiles, strangePaths } from './paths.ts'
import { type Config, configSchema } from './schema.ts'

/** A configuration file after reading: its checked settings, its text as data, and its problems. */
interface ReadConfig {
  /** The checked settings; undefined when the file has errors. */
  readonly config: Config | undefined
  readonly written: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  /** Returns the place of a key's value in the file; undefined for a file that is empty or cannot be parsed. */
  readonly placeOf: (key: string) => ConfigPlace | undefined
}

/**
 * Reads a configuration file and checks it against the schema; `more` may add further checks, such as `missingFiles`. Errors in it are returned
 * as problems. @throws ScenarioError when the file cannot be read
 */
export function readConfig(file: string, more: typeof missingFiles = () => []): ReadConfig {
  const { text } = readSource(file)
  const { value, locate, problems: found } = parseScenario(text, file)
  // An empty file, or one with comments alone, sets no defaults.
  if (text.trim() === '') return { config: {}, written: {}, problems: [], placeOf: () => undefined }
  if (value === undefined) return { config: undefined, written: {}, problems: found, placeOf: () => undefined }
  const checked = configSchema.safeParse(value ?? {})
  const misfits = checked.success
    ? [...strangePaths(checked.data, file), ...more(checked.data, file)]
    : explain(checked.error.issues, configSchema, value)
  const problems = inOrder([...found, ...misfits.map((finding) => toProblem(finding, locate))], file)
  const placeOf = (key: string) => toProblem({ ...E_OVERLAY.missing({ message: '' }), path: [key], mark: 'value' }, locate)
  const config = checked.success && !hasErrors(problems) ? checked.data : undefined
  return { config, written: isMap(value) ? value : {}, problems, placeOf }
}

/** Returns the problems of a file whose name is that of a configuration, such as `burn.config.yaml`; undefined for any other file. */
export function configProblems(file: string): readonly Problem[] | undefined {
  if (!isConfigName(basename(file))) return undefined
  try {
    return readConfig(file, missingFiles).problems
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems
    throw error
  }
}
