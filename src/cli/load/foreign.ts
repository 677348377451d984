/** Files of Stream Testbench and Krawall, run and checked as they are: converted first, with a warning for whatever is not the same. */
import { parse, parseAllDocuments } from 'yaml'
import { type Problem, ScenarioError } from '../../errors.ts'
import { readSource, type Source } from '../../scenario/read/read.ts'
import { type Validated, type ValidateOptions, validateScenario } from '../../scenario/validate.ts'
import { convertForeign } from '../../templates/foreign/index.ts'
import { keepSecret, namesIn, secretsIn, secretsWritten } from '../output/known-secrets.ts'

const FOREIGN = 'W_FOREIGN'

/** Whether problems are those of a converted file. */
export const isForeign = (problems: readonly Problem[]): boolean => problems.some(({ code }) => code === FOREIGN)

/** A problem of the converted text, which nobody has seen, at the top of the file it was made from. */
export const atTop = (problem: Problem): Problem => ({ ...problem, line: 1, column: 1, endColumn: 2, frame: '' })

/** A converted file has no lines of its own: its problems stand at the top. */
function note(file: string, message: string): Problem {
  return { code: FOREIGN, severity: 'warning', file, line: 1, column: 1, endColumn: 2, path: '', message, frame: '' }
}

/** The data of a file, references to the environment left as they are: other tools write `${name}` for something else. Undefined when it cannot be read. */
function plainData(text: string): unknown {
  try {
    return parse(text, { uniqueKeys: false, maxAliasCount: 20 })
  } catch {
    return undefined
  }
}

/** Each scenario of a list, or of a stream of documents, of another tool by itself; what is none of these stays whole. */
export function scenariosIn(source: Source): Source[] {
  const parts = listed(source.text)
  if (parts.length < 2 || !parts.every((part) => convertForeign(part, { forFile: false }) !== undefined)) return [source]
  return parts.map((part) => ({ file: source.file, text: JSON.stringify(part) }))
}

/** The items of a list, or the documents of a stream. Empty when they cannot be read: then the whole is to be told about. */
function listed(text: string): readonly unknown[] {
  // Anything else is one scenario, and need not be read twice.
  if (!/^(?:\s|#.*\n)*(?:\[|-\s|---)/.test(text) && !/\n---/.test(text)) return []
  try {
    const documents = [parseAllDocuments(text, { uniqueKeys: false })].flat()
    const values = documents.flatMap((one): unknown[] => [one.toJS({ maxAliasCount: 20 })].flat())
    return documents.some(({ errors }) => errors.length > 0) ? [] : values
  } catch {
    return []
  }
}

/** Checks a source, in our language or in one that we read as well. Never throws for what it holds. */
export function validateSource({ text: written, file }: Source, options: ValidateOptions = {}): Validated {
  const data = plainData(written)
  // Before anything is said about the file: the frame of an error shows its lines.
  if (data === undefined) keepSecret(secretsWritten(written))
  else keepSecret(secretsIn(data), namesIn(data))
  const foreign = convertForeign(data, { forFile: false })
  if (!foreign) return validateScenario(written, file, options)
  // What looks like a reference there is plain text here, but for those to the environment.
  const text = JSON.stringify(foreign.scenario).replace(/\$\{(?!env\.)/g, () => '$${')
  const checked = validateScenario(text, file, options)
  const problems = checked.problems.map(atTop)
  const notes = [`a ${foreign.format} file, converted: \`burn convert\` shows the scenario`, ...foreign.notes]
  return { ...checked, problems: [...notes.map((message) => note(file, message)), ...problems] }
}

/** The same for each scenario of a file (`-`: standard input); one that cannot be read is a problem like any other. */
export function validatePath(path: string, options: ValidateOptions = {}): Validated[] {
  try {
    return scenariosIn(readSource(path)).map((source) => validateSource(source, options))
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return [{ scenario: undefined, problems: error.problems, value: undefined, envUsed: [], layers: [], overrides: [] }]
  }
}
