/** Text to a checked scenario, or to all that is wrong with it: what `burn run` and `burn validate` both start from. */
import { type Problem, ScenarioError } from '../errors.ts'
import { adaptValues } from './adapt-values.ts'
import type { EnvironmentUse } from './environment.ts'
import { explain } from './explain.ts'
import { lintScenario } from './lint.ts'
import { applyOverrides, blame, type Override } from './overrides.ts'
import { hasErrors, inOrder, toProblem } from './problems.ts'
import { type Parsed, type ParseOptions, parseScenario, readSource } from './read.ts'
import { type Scenario, scenarioSchema } from './schema.ts'
import { pathText } from './source.ts'

export interface ValidateOptions extends ParseOptions {
  /** Values that do not come from the file, given the file's own plain data. */
  readonly override?: (value: unknown) => readonly Override[]
}

/** A file that was looked at. */
export interface Validated {
  /** Only when there are no errors; warnings do not stand in the way. */
  readonly scenario: Scenario | undefined
  /** From the top of the file to its end. */
  readonly problems: readonly Problem[]
  /** The scenario as plain data, environment resolved, without defaults; undefined when the file could not be read as a tree. */
  readonly value: unknown
  /** Every environment variable that was read. */
  readonly envUsed: readonly EnvironmentUse[]
}

/** Problems of values that nobody knows yet say nothing. */
function aboutKnownValues(problems: readonly Problem[], { references }: Parsed): Problem[] {
  const unknown = new Set(references.filter(({ kind }) => kind === 'unknown').map(({ path }) => pathText(path)))
  return problems.filter(({ path }) => !unknown.has(path))
}

function check(value: unknown, parsed: Parsed): { scenario: Scenario | undefined; problems: Problem[] } {
  const { locate } = parsed
  const result = scenarioSchema.safeParse(value)
  const problems = result.success
    ? lintScenario(result.data, value, locate)
    : explain(result.error.issues, scenarioSchema, value).map((finding) => toProblem(finding, locate))
  return { scenario: result.data, problems: aboutKnownValues(problems, parsed) }
}

/** Reads, checks and lints one scenario. Never throws for what the text holds. */
export function validateScenario(text: string, file: string, options: ValidateOptions = {}): Validated {
  const parsed = parseScenario(text, file, options)
  const { envUsed } = parsed
  if (parsed.value === undefined) return { scenario: undefined, problems: inOrder(parsed.problems), value: undefined, envUsed }
  const overrides = options.override?.(parsed.value) ?? []
  applyOverrides(parsed.value, overrides)
  const value = adaptValues(parsed.value, parsed.references, scenarioSchema)
  const checked = check(value, parsed)
  const problems = inOrder([...parsed.problems, ...checked.problems.map((problem) => blame(problem, overrides))])
  return { scenario: hasErrors(problems) ? undefined : checked.scenario, problems, value, envUsed }
}

/** The same for a file (`-`: standard input); a file that cannot be read is a problem like any other. */
export function validateFile(path: string, options: ValidateOptions = {}): Validated {
  try {
    const { text, file } = readSource(path)
    return validateScenario(text, file, options)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { scenario: undefined, problems: error.problems, value: undefined, envUsed: [] }
  }
}
