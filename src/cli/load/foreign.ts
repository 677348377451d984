/** Runs and checks scenario files of the tools Stream Testbench and Krawall: they are converted in memory, with a warning for each difference. */
import { parse, parseAllDocuments } from 'yaml'
import { LocalError, type Problem, ScenarioError, UsageError } from '../../errors.ts'
import { hasErrors, toProblem } from '../../scenario/explain/problems.ts'
import { E_FOREIGN } from '../../scenario/problems/files/E_FOREIGN.ts'
import { I_FOREIGN } from '../../scenario/problems/files/I_FOREIGN.ts'
import { W_FOREIGN } from '../../scenario/problems/files/W_FOREIGN.ts'
import { parseScenario } from '../../scenario/read/read.ts'
import { readSource, type Source } from '../../scenario/read/source-file.ts'
import { NOTHING, type Validated, type ValidateOptions, validateScenario } from '../../scenario/validate.ts'
import { convertForeign, type Note } from '../../templates/foreign/index.ts'
import { IMPORT_FORMATS, recognised } from '../../templates/imports/recognise.ts'
import { keepSecret, namesIn, secretsIn, secretsWritten } from '../output/known-secrets.ts'
import { pluginError } from '../output/plugin-fault.ts'
import { withMockProblems } from './mock-settings.ts'

const KINDS = { note: I_FOREIGN, warning: W_FOREIGN, error: E_FOREIGN } as const

/** True when the problems of a scenario file include the note that the file belongs to another tool, such as promptfoo, and was converted. */
export const isForeign = (problems: readonly Problem[]): boolean => problems.some(({ code }) => code === I_FOREIGN.code)

/**
 * Moves a problem of a scenario that was converted from another tool's file to line 1 of that file, because the user never sees the converted text.
 */
export const atTop = (problem: Problem): Problem => ({ ...problem, line: 1, column: 1, endColumn: 2, frame: '' })

/** Turns the notes of a conversion into problems with places in the original file. Notes on one scenario of a list point to the first line. */
function locatedIn(text: string, file: string, notes: readonly Note[], inList: boolean): Problem[] {
  const { locate } = parseScenario(text, file, { noEnv: true })
  return notes.map(({ severity, text: message, path, hint }) => {
    const problem = toProblem({ ...KINDS[severity].noted(message, hint), path: path ?? [], mark: 'key' }, locate)
    return path === undefined || inList ? atTop(problem) : problem
  })
}

/** Parses a file and returns its data; undefined when it cannot be parsed. `${name}` stays text, since it means something else in other tools. */
function plainData(text: string): unknown {
  try {
    const data: unknown = parse(text, { uniqueKeys: false, maxAliasCount: 20, logLevel: 'error' })
    // JSON.stringify throws for data that contain themselves, as by an alias inside its own anchor.
    if (text.includes('&')) JSON.stringify(data)
    return data
  } catch {
    return undefined
  }
}

/** The source of one scenario, and the number of other scenarios in the same file. */
interface ForeignSource extends Source {
  readonly siblings?: number
}

/**
 * Splits another tool's file with several scenarios (a list, or several YAML documents) into single scenarios. Any other file is returned as a whole.
 */
export function scenariosIn(source: Source): ForeignSource[] {
  const parts = listed(source.text)
  if (parts.length < 2 || !parts.every((part) => convertForeign(part, { forFile: false }) !== undefined)) return [source]
  return parts.map((part) => ({ file: source.file, text: JSON.stringify(part), siblings: parts.length - 1 }))
}

/** Returns the items of a list, or the documents of a YAML stream; empty when the text cannot be parsed or is a single scenario. */
function listed(text: string): readonly unknown[] {
  // Text that begins in no other way is a single scenario, and need not be parsed here.
  if (!/^(?:\s|#.*\n)*(?:\[|-\s|---)/.test(text) && !/\n---/.test(text)) return []
  try {
    const documents = [parseAllDocuments(text, { uniqueKeys: false })].flat()
    const values = documents.flatMap((one): unknown[] => [one.toJS({ maxAliasCount: 20 })].flat())
    return documents.some(({ errors }) => errors.length > 0) ? [] : values
  } catch {
    return []
  }
}

/**
 * Validates a scenario that is written for burn, or for another tool whose files burn can convert. Errors in it are returned as problems, not thrown.
 * @throws UsageError when the code of a plugin throws while it checks its part of the scenario
 */
export function validateSource(source: ForeignSource, options: ValidateOptions = {}): Validated {
  try {
    return validateWritten(source, options)
  } catch (error) {
    const ofPlugin = pluginError(error)
    if (!(ofPlugin instanceof LocalError)) throw error
    throw new UsageError(ofPlugin.message, 'its schema is asked before the run: it has to say what is wrong as an issue', {
      cause: error,
    })
  }
}

function validateWritten({ text: written, file, siblings = 0 }: ForeignSource, options: ValidateOptions): Validated {
  const data = plainData(written)
  // Register secrets before any message is made: code frames of errors show lines of the file.
  if (data === undefined) keepSecret(secretsWritten(written))
  else keepSecret(secretsIn(data), namesIn(data))
  const foreign = convertForeign(data, { forFile: false })
  if (!foreign) return ofAnotherTool(written, data, file) ?? withMockProblems(validateScenario(written, file, options), file)
  // In the converted text only `${env.…}` is a reference; any other `${` is plain text and gets escaped.
  const text = JSON.stringify(foreign.scenario).replace(/\$\{(?!env\.)/g, () => '$${')
  const checked = validateScenario(text, file, options)
  const problems = checked.problems.map(atTop)
  const head = `a ${foreign.format} file, converted: \`burn convert\` shows the scenario`
  const inTurn = 'the scenarios of this file run one after the other; in the other tool they ran side by side'
  const texts = siblings > 0 && foreign.format === 'stream-testbench' ? [head, inTurn] : [head]
  const general = texts.map((text) => ({ severity: 'note', text, path: undefined }) as const)
  const located = locatedIn(written, file, [...general, ...foreign.located], siblings > 0)
  // Errors in the original file explain the errors of the converted scenario, so only they are reported.
  const faulty = hasErrors(located)
  return {
    ...checked,
    scenario: faulty ? undefined : checked.scenario,
    problems: [...located, ...(faulty ? problems.filter(({ severity }) => severity !== 'error') : problems)],
  }
}

/** Returns the problem for a suite file given where a single scenario is expected. */
function aSuite(text: string, file: string): Validated {
  const hint = 'burn run and burn validate take suites; name one of its scenarios here'
  const problem = { severity: 'error', text: 'this is a suite of several runs, not a scenario', path: undefined, hint } as const
  return { ...NOTHING, problems: locatedIn(text, file, [problem], false) }
}

/** Top-level keys of burn's scenarios. A file without any of them may belong to another tool. */
const OWN_KEYS = ['target', 'targets', 'steps', 'flows', 'load', 'include', 'thresholds']

/** Returns the problem for a file of another format, such as HAR or OpenAPI, which has to be converted first; undefined for other files. */
function ofAnotherTool(text: string, data: unknown, file: string): Validated | undefined {
  const isOwn = typeof data === 'object' && data !== null && OWN_KEYS.some((key) => key in data)
  if (!isOwn && typeof data === 'object' && data !== null && 'suite' in data) return aSuite(text, file)
  const kind = isOwn ? undefined : recognised(text, data)
  if (kind === undefined) return undefined
  const converts = `make a scenario of it: burn convert ${file} -o scenario.yaml`
  const reads = `burn convert reads ${IMPORT_FORMATS.join(', ')}`
  const hint = kind.converted ? converts : [kind.hint, reads].filter((part) => part !== undefined).join('; ')
  const problem = { severity: 'error', text: `this is ${kind.name}, not a scenario`, path: undefined, hint } as const
  return { ...NOTHING, problems: locatedIn(text, file, [problem], false) }
}

/** Validates each scenario in a file (`-` is standard input). A file that cannot be read gives a problem instead of an error. */
export function validatePath(path: string, options: ValidateOptions = {}): Validated[] {
  try {
    return scenariosIn(readSource(path)).map((source) => validateSource(source, options))
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return [{ ...NOTHING, problems: error.problems }]
  }
}
