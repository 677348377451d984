/** The input of the checks over a whole scenario, and the way in which a check for one kind of problem is defined. */
import type { PlannedTarget } from '../compile/plan.ts'
import type { Use } from '../compile/texts.ts'
import type { Code, Finding, Mark } from '../read/source/finding.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Path } from '../read/source/source.ts'
import type { Scenario } from '../schema/schema.ts'
import { allSteps } from '../schema/written-steps.ts'
import type { Doubts } from './doubts.ts'

/** A scenario as the lint rules get it: its data as written in the file, and what the schema and the compiler made of it. */
export interface LintSubject {
  /** The scenario as parsed by the schema; if it has errors, only the parts that could be read. */
  readonly scenario: Scenario
  /** The scenario as plain data, as written in the file: paths of findings lead through it. */
  readonly value: unknown
  /** The compiled targets by name, without those that have an error. */
  readonly targets: ReadonlyMap<string, PlannedTarget>
  /** The places where texts of the scenario read variables. */
  readonly uses: readonly Use[]
  readonly locate: Locator
  readonly doubts: Doubts
}

/**
 * Reports a problem that a lint rule has found in a scenario. The arguments are the path of the wrong value, which part of it to mark, what is
 * wrong, and a hint.
 */
export type ReportProblem = (path: Path, mark: Mark, message: string, hint?: string | undefined) => void

/** A kind of problem with its check over the whole scenario. */
interface LintRule {
  readonly code: Code
  readonly check: (subject: LintSubject) => Finding[]
}

/** Returns the lint rule that finds one type of problem in scenarios. `check` looks at a whole scenario and calls `report` for each problem. */
export function rule(code: Code, check: (subject: LintSubject, report: ReportProblem) => void): LintRule {
  return {
    code,
    check: (subject) => {
      const findings: Finding[] = []
      check(subject, (path, mark, message, hint) => findings.push({ code, path, mark, message, hint }))
      return findings
    },
  }
}

/** Returns a function that computes something about a scenario and remembers it, so that a second call for the same scenario costs nothing. */
export function perScenario<T>(compute: (subject: LintSubject) => T): (subject: LintSubject) => T {
  const results = new WeakMap<LintSubject, { readonly result: T }>()
  return (subject) => {
    const known = results.get(subject) ?? { result: compute(subject) }
    results.set(subject, known)
    return known.result
  }
}

/** Returns all steps of a scenario, as written in the file. */
export const stepsOf = perScenario(({ value }) => allSteps(value))
