/** Validates the text of a scenario, for `burn run` and `burn validate`: returns the checked scenario, or all problems. */
import type { Problem } from '../errors.ts'
import { checkScenario } from './check.ts'
import type { Plan } from './compile/plan.ts'
import { adaptValues } from './explain/adapt.ts'
import { hasErrors, inOrder, toProblem } from './explain/problems.ts'
import { collectFiles, type ScenarioFiles } from './layers/include.ts'
import type { Layer } from './layers/layers.ts'
import { concerns, type OverlayChoice, overlayNames, type Stacked, stack } from './layers/overlay.ts'
import { applyOverrides, namingSource, type Override } from './layers/overrides.ts'
import { withoutUnread } from './layers/unused.ts'
import type { EnvironmentUse } from './read/environment.ts'
import type { ParseOptions } from './read/read.ts'
import type { Finding } from './read/source/finding.ts'
import { pathText } from './read/source/source.ts'
import { MAX_OVERLAYS, type Scenario, scenarioSchema } from './schema/schema.ts'

/**
 * The options for validating a scenario: the options for parsing it, the profile and environment to apply, and values from flags that replace values
 * of the file.
 */
export interface ValidateOptions extends ParseOptions {
  /** Returns values that replace those of the file, such as flags. `value` is the scenario as plain data, with profile and environment applied. */
  readonly override?: (value: unknown) => readonly Override[]
  /** The profile and environment to apply. Left out: the file is checked as it is, and with each profile and environment. */
  readonly overlays?: OverlayChoice
  /** Top-level keys that this run does not use. If such a key reads an unset variable, it is removed and the variable is not reported. */
  readonly unused?: readonly string[]
}

/** The outcome of validating a scenario file: its problems and, when none of them is an error, the scenario. */
export interface Validated {
  /** The scenario; undefined when there are errors (warnings do not count). */
  readonly scenario: Scenario | undefined
  /** The compiled scenario, from which `planRun` makes the plan of a run; undefined when there are errors. */
  readonly plan: Plan | undefined
  /** The problems from the top of the file to its end, then those of included files. */
  readonly problems: readonly Problem[]
  /** The scenario as plain data, with references resolved and without defaults; undefined when the file could not be parsed. */
  readonly value: unknown
  /** The environment variables that references of the scenario read, with their values. */
  readonly envUsed: readonly EnvironmentUse[]
  /** The files, profile and environment that the scenario was merged from; later ones override earlier ones. */
  readonly layers: readonly Layer[]
  /** The changes made by a built-in profile, environment variables and flags; later ones override earlier ones. */
  readonly overrides: readonly Override[]
}

/** Removes the findings about values that come from environment references which were not looked up. */
function aboutKnownValues(findings: readonly Finding[], { references }: Stacked): Finding[] {
  const unknown = new Set(references.filter(({ kind }) => kind === 'unknown').map(({ path }) => pathText(path)))
  return findings.filter(({ path, basis = [] }) => ![path, ...basis].some((one) => unknown.has(pathText(one))))
}

/** Validates the scenario that results from one choice of profile and environment. */
function checkStack(files: ScenarioFiles, options: ValidateOptions): Omit<Validated, 'envUsed'> {
  const stacked = withoutUnread(stack(files, options.overlays ?? {}), options.unused)
  const { layers } = stacked
  const own = options.override?.(stacked.value) ?? []
  applyOverrides(stacked.value, own)
  const overrides = [...stacked.overrides, ...own]
  const value = adaptValues(stacked.value, stacked.references, scenarioSchema)
  const { scenario, plan, findings } = checkScenario(value, stacked.locate)
  const found = aboutKnownValues(findings, stacked).map((finding) => toProblem(finding, stacked.locate))
  const problems = inOrder(
    [...stacked.problems, ...found.map((problem) => namingSource(problem, overrides))],
    stacked.locate.file,
  )
  const runnable = hasErrors(problems) ? {} : { scenario, plan }
  return { scenario: undefined, plan: undefined, ...runnable, problems, value, layers, overrides }
}

/** Removes the problems about variables in profiles and environments, because none of these was chosen. */
function withoutVariableProblems(files: ScenarioFiles): ScenarioFiles {
  return { ...files, problems: files.problems.filter((problem) => concerns(problem, {})) }
}

/**
 * Returns each profile and each environment alone, to check the file with it; an empty list when there are more than the schema allows, which the
 * schema reports.
 */
function everyOverlay(files: ScenarioFiles): OverlayChoice[] {
  if (overlayNames(files, 'profile').length + overlayNames(files, 'environment').length > 2 * MAX_OVERLAYS) return []
  return [
    ...overlayNames(files, 'profile').map((profile) => ({ profile })),
    ...overlayNames(files, 'environment').map((environment) => ({ environment })),
  ]
}

/** The outcome of validating a scenario file that could not be read: every field is empty. */
export const NOTHING: Validated = {
  scenario: undefined,
  plan: undefined,
  problems: [],
  value: undefined,
  envUsed: [],
  layers: [],
  overrides: [],
}

/**
 * Parses a scenario, checks it against the schema and runs the lint rules; never throws because of what the text contains. Without `overlays` and
 * `override`, each profile and each environment is checked, too.
 * @throws UsageError when the chosen profile or environment does not exist
 */
export function validateScenario(text: string, file: string, options: ValidateOptions = {}): Validated {
  const files = collectFiles(text, file, options)
  const envUsed = files.files.flatMap(({ parsed }) => parsed.envUsed)
  if (files.files.some(({ parsed }) => parsed.value === undefined))
    return { ...NOTHING, problems: inOrder(files.problems, file), envUsed }
  const base = checkStack(files, options)
  if (options.overlays !== undefined || options.override !== undefined) return { ...base, envUsed }
  const more = everyOverlay(files).flatMap(
    (overlays) => checkStack(withoutVariableProblems(files), { ...options, overlays }).problems,
  )
  const problems = inOrder([...base.problems, ...more], file)
  return { ...base, ...(hasErrors(problems) ? { scenario: undefined, plan: undefined } : {}), problems, envUsed }
}
