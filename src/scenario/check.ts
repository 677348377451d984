/** Checks the plain data of a scenario: by the schema, then by the compiler, then by the lint rules, as far as the errors of each step allow. */

import type { Plan } from './compile/plan.ts'
import { compileScenario } from './compile.ts'
import { explain } from './explain/explain.ts'
import { readableScenario } from './explain/readable.ts'
import { doubtsOf } from './lint/doubts.ts'
import { baseDirOf } from './lint/files.ts'
import { lintScenario } from './lint.ts'
import type { Finding } from './read/source/finding.ts'
import type { Locator } from './read/source/locate.ts'
import { type Scenario, scenarioSchema } from './schema/schema.ts'

/** Removes the keys `include`, `profiles` and `environments`, which are already merged into the scenario. */
function withoutOverlays({
  include: _include,
  profiles: _profiles,
  environments: _environments,
  ...scenario
}: Scenario): Scenario {
  return scenario
}

/** The outcome of checking a scenario in which one choice of profile and environment is merged. */
interface CheckedScenario {
  /** The scenario; undefined when the data does not fit the schema. */
  readonly scenario: Scenario | undefined
  readonly plan: Plan | undefined
  readonly findings: readonly Finding[]
}

/**
 * Checks the data of a scenario against the schema, then compiles and lints the parts that fit. Returns all errors and warnings at once, without
 * those that may only follow from a part that does not fit, and the parsed scenario and its plan, each of which is undefined when errors prevent it.
 */
export function checkScenario(value: unknown, locate: Locator): CheckedScenario {
  const result = scenarioSchema.safeParse(value)
  const misfits = result.success ? [] : explain(result.error.issues, scenarioSchema, value)
  const scenario = result.success ? withoutOverlays(result.data) : readableScenario(value)
  const doubts = doubtsOf(misfits, value)
  const baseDir = baseDirOf(locate.file)
  const { plan, findings, ...compiled } = compileScenario(scenario, { written: value, baseDir }, !result.success)
  const more = [...findings, ...lintScenario({ scenario, value, locate, doubts, ...compiled })]
  return {
    scenario: result.success ? scenario : undefined,
    plan,
    findings: [...misfits, ...more.filter(({ path, basis = [] }) => ![path, ...basis].some(doubts.concerns))],
  }
}
