/** Files of Stream Testbench and Krawall, run and checked as they are: converted first, with a warning for whatever is not the same. */
import { parse, parseAllDocuments } from 'yaml'
import { type Problem, ScenarioError } from '../../errors.ts'
import { hasErrors, toProblem } from '../../scenario/explain/problems.ts'
import { parseScenario, readSource, type Source } from '../../scenario/read/read.ts'
import { type Validated, type ValidateOptions, validateScenario } from '../../scenario/validate.ts'
import { convertForeign, type Note } from '../../templates/foreign/index.ts'
import { IMPORT_FORMATS } from '../../templates/imports/index.ts'
import { recognised } from '../../templates/imports/recognise.ts'
import { keepSecret, namesIn, secretsIn, secretsWritten } from '../output/known-secrets.ts'

const FOREIGN = 'I_FOREIGN'
const CODES = { note: FOREIGN, warning: 'W_FOREIGN', error: 'E_FOREIGN' } as const

/** Whether problems are those of a converted file. */
export const isForeign = (problems: readonly Problem[]): boolean => problems.some(({ code }) => code === FOREIGN)

/** A problem of the converted text, which nobody has seen, at the top of the file it was made from. */
export const atTop = (problem: Problem): Problem => ({ ...problem, line: 1, column: 1, endColumn: 2, frame: '' })

/** What a conversion told, at its place in the file that was converted; that of one in a list is its top. */
function toldIn(text: string, file: string, notes: readonly Note[], inList: boolean): Problem[] {
  const { locate } = parseScenario(text, file, { noEnv: true })
  return notes.map(({ severity, text: message, path, hint }) => {
    const problem = toProblem(
      { code: CODES[severity], path: path ?? [], mark: 'key', message, ...(hint ? { hint } : {}) },
      locate,
    )
    return path === undefined || inList ? atTop(problem) : problem
  })
}

/** The data of a file, references to the environment left as they are: other tools write `${name}` for something else. Undefined when it cannot be read. */
function plainData(text: string): unknown {
  try {
    return parse(text, { uniqueKeys: false, maxAliasCount: 20 })
  } catch {
    return undefined
  }
}

/** A scenario, and how many others its file has. */
interface ForeignSource extends Source {
  readonly siblings?: number
}

/** Each scenario of a list, or of a stream of documents, of another tool by itself; what is none of these stays whole. */
export function scenariosIn(source: Source): ForeignSource[] {
  const parts = listed(source.text)
  if (parts.length < 2 || !parts.every((part) => convertForeign(part, { forFile: false }) !== undefined)) return [source]
  return parts.map((part) => ({ file: source.file, text: JSON.stringify(part), siblings: parts.length - 1 }))
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
export function validateSource({ text: written, file, siblings = 0 }: ForeignSource, options: ValidateOptions = {}): Validated {
  const data = plainData(written)
  // Before anything is said about the file: the frame of an error shows its lines.
  if (data === undefined) keepSecret(secretsWritten(written))
  else keepSecret(secretsIn(data), namesIn(data))
  const foreign = convertForeign(data, { forFile: false })
  if (!foreign) return ofAnotherTool(written, data, file) ?? validateScenario(written, file, options)
  // What looks like a reference there is plain text here, but for those to the environment.
  const text = JSON.stringify(foreign.scenario).replace(/\$\{(?!env\.)/g, () => '$${')
  const checked = validateScenario(text, file, options)
  const problems = checked.problems.map(atTop)
  const head = `a ${foreign.format} file, converted: \`burn convert\` shows the scenario`
  const inTurn = 'the scenarios of this file run one after the other; there they ran side by side'
  const texts = siblings > 0 && foreign.format === 'stream-testbench' ? [head, inTurn] : [head]
  const general = texts.map((text) => ({ severity: 'note', text, path: undefined }) as const)
  const told = toldIn(written, file, [...general, ...foreign.told], siblings > 0)
  // What is wrong in the file itself explains what the scenario that was made of it lacks.
  const faulty = hasErrors(told)
  return {
    ...checked,
    scenario: faulty ? undefined : checked.scenario,
    problems: [...told, ...(faulty ? problems.filter(({ severity }) => severity !== 'error') : problems)],
  }
}

/** A scenario has one of these keys at least. */
const OWN_KEYS = ['target', 'targets', 'steps', 'flows', 'load', 'include', 'thresholds']

/** A file of a kind that is not run as it is: one problem that names it says more than what a scenario lacks. */
function ofAnotherTool(text: string, data: unknown, file: string): Validated | undefined {
  const isOwn = typeof data === 'object' && data !== null && OWN_KEYS.some((key) => key in data)
  const kind = isOwn ? undefined : recognised(text, data)
  if (kind === undefined) return undefined
  const converts = `make a scenario of it: burn convert ${file} -o scenario.yaml`
  const reads = `burn convert reads ${IMPORT_FORMATS.join(', ')}`
  const hint = kind.converted ? converts : [kind.hint, reads].filter((part) => part !== undefined).join('; ')
  const problem = { severity: 'error', text: `this is ${kind.name}, and no scenario`, path: undefined, hint } as const
  return {
    scenario: undefined,
    problems: toldIn(text, file, [problem], false),
    value: undefined,
    envUsed: [],
    layers: [],
    overrides: [],
  }
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
